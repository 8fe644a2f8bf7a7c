import Glibc

/// A process whose costs the kernel accounts for by itself.
struct Child {
    private let pid: pid_t
    private let output: Int32

    /// The program beside this one.
    static let program: String = {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink("/proc/self/exe", &buffer, buffer.count - 1)
        let path = String(decoding: buffer[..<max(0, count)].map(UInt8.init(bitPattern:)), as: UTF8.self)
        return path.split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 } + "/auditferry"
    }()

    init(_ arguments: [String], environment: [String] = []) throws {
        var pipes: [Int32] = [0, 0]
        guard pipe(&pipes) == 0, fcntl(pipes[0], F_SETFD, FD_CLOEXEC) == 0 else { throw BenchmarkError("no pipe") }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, pipes[1], STDOUT_FILENO)
        let words = ([Child.program] + arguments).map { strdup($0) }
        let variables = environment.map { strdup($0) }
        defer { for pointer in words + variables { free(pointer) } }
        var pid: pid_t = 0
        let code = posix_spawn(&pid, Child.program, &actions, nil, words + [nil], variables + [nil])
        close(pipes[1])
        guard code == 0 else { throw BenchmarkError("'\(Child.program)' cannot be started: build it first") }
        self.pid = pid
        output = pipes[0]
    }

    /// The first line that it prints.
    func firstLine() -> String {
        var line: [UInt8] = []
        var byte: UInt8 = 0
        while read(output, &byte, 1) == 1, byte != UInt8(ascii: "\n") { line.append(byte) }
        return String(decoding: line, as: UTF8.self)
    }

    func terminate() {
        kill(pid, SIGTERM)
        _ = wait()
    }

    /// Its exit status, its CPU seconds, and its peak memory in bytes.
    func wait() -> (status: Int32, cpu: Double, peak: Int) {
        var status: Int32 = 0
        var usage = rusage()
        wait4(pid, &status, 0, &usage)
        close(output)
        return (status >> 8 & 0xff, usage.seconds, usage.ru_maxrss * 1024)
    }
}

struct BenchmarkError: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

/// A simulated organization in a process of its own, whose allowance is no limit.
struct Organization {
    private let simulator: Child
    let url: String

    init(audits: Int) throws {
        simulator = try Child([
            "simulate", "--events", "\(audits)", "--history", "1h", "--requests-per-minute", "10000000",
        ])
        let words = simulator.firstLine().split(separator: " ")
        guard let last = words.last, last.hasPrefix("http") else { throw BenchmarkError("the simulator did not start") }
        url = String(last)
    }

    func stop() { simulator.terminate() }
}
