import CSupport
import Foundation
import NIOConcurrencyHelpers

/// The built program as a process of its own.
package final class Program: Sendable {
    /// How a program ended, and what it wrote.
    package struct Ending: Sendable {
        /// Negative for the signal that ended it.
        package let status: Int32
        package let output: String
        package let errors: String
    }

    private struct End {
        var status: Int32?
        var waiting: [CheckedContinuation<Int32, Never>] = []
    }

    /// No program may get the ends of another one's pipes, or their ends would not be seen.
    private static let spawning = NSLock()

    /// Returns when no program is about to begin that still has a copy of a socket which was closed here: until it closes that, its port is taken.
    static func spawned() { spawning.withLock {} }

    package let identifier: pid_t
    private let standardError = CapturedStream()
    private let standardOutput = CapturedStream()
    private let end = NIOLockedValueBox(End())
    /// What must not stand in anything that it writes.
    private let secret: String?

    /// Beside the test bundle, where the package manager puts it.
    private static let path: String = {
        let bundle = CommandLine.arguments.first { $0.hasSuffix(".xctest") }
        let here = bundle ?? (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        return URL(fileURLWithPath: here).deletingLastPathComponent().appendingPathComponent("auditferry").path
    }()

    /// - Parameters:
    ///   - directory: where it works; not together with a script.
    ///   - script: run by a shell instead, where the program is `"$0"` and the arguments are `"$@"`.
    package init(
        _ arguments: [String], environment: [String: String] = [:], directory: String? = nil, script: String? = nil
    ) throws {
        let script = script ?? directory.map { #"cd '\#($0)' && exec "$0" "$@""# }
        let path = script == nil ? Program.path : "/bin/sh"
        let words = [path] + (script.map { ["-c", $0, Program.path] } ?? []) + arguments
        let variables = ["PATH": "/usr/bin:/bin", "HOME": "/nonexistent"].merging(environment) { $1 }
        secret = environment["GENESYSCLOUD_OAUTHCLIENT_SECRET"].flatMap { $0.isEmpty ? nil : $0 }
        let (output, errors, identifier) = try Program.spawning.withLock {
            let (output, errors) = (try Self.pipe(), try Self.pipe())
            defer { for descriptor in [output.write, errors.write] { close(descriptor) } }
            let identifier = try Self.spawn(
                words, variables.map { "\($0)=\($1)" }, output: output.write, errors: errors.write)
            return (output.read, errors.read, identifier)
        }
        self.identifier = identifier
        standardOutput.read(from: output)
        standardError.read(from: errors)
        Thread.detachNewThread { [end] in Program.wait(for: identifier, end) }
    }

    private static func pipe() throws -> (read: Int32, write: Int32) {
        var descriptors: [Int32] = [-1, -1]
        guard Glibc.pipe(&descriptors) == 0 else { throw POSIXError(.init(rawValue: errno) ?? .EIO) }
        for descriptor in descriptors { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
        return (descriptors[0], descriptors[1])
    }

    private static func spawn(
        _ words: [String], _ variables: [String], output: Int32, errors: Int32
    ) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
        posix_spawn_file_actions_adddup2(&actions, errors, STDERR_FILENO)
        // A socket of another test that a program inherits would not be closed when that test closes it. All tests together have more than a
        // thousand descriptors open.
        _ = csupport_inherit_no_descriptor(&actions, 3)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // The threads that tests run on block signals, which a program would inherit, and then not end when it is told to.
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        let (arguments, environment) = (words.map { strdup($0) }, variables.map { strdup($0) })
        defer { for text in arguments + environment { free(text) } }
        var identifier: pid_t = 0
        let code = posix_spawn(&identifier, words[0], &actions, &attributes, arguments + [nil], environment + [nil])
        guard code == 0 else { throw POSIXError(.init(rawValue: code) ?? .EIO) }
        return identifier
    }

    private static func wait(for identifier: pid_t, _ end: NIOLockedValueBox<End>) {
        // Its identifier is not given to another process before the status is taken, which happens under the lock.
        var information = siginfo_t()
        while waitid(P_PID, id_t(identifier), &information, WEXITED | WNOWAIT) != 0, errno == EINTR {}
        let (status, waiting) = end.withLockedValue { end in
            var code: Int32 = 0
            waitpid(identifier, &code, 0)
            let signal = code & 0x7f
            let status = signal == 0 ? (code >> 8) & 0xff : -signal
            end.status = status
            return (status, end.waiting)
        }
        for waiter in waiting { waiter.resume(returning: status) }
    }

    package var hasEnded: Bool { end.withLockedValue { $0.status != nil } }

    /// Does nothing where it has ended.
    package func send(_ signal: Int32) {
        end.withLockedValue { end in
            if end.status == nil { kill(identifier, signal) }
        }
    }

    /// Waits for its end, and for the last byte that it wrote. A test that has run out of time ends it.
    /// - Returns: the exit status, negative for the signal that ended it.
    /// - Throws: where the secret stands in what it wrote.
    @discardableResult
    package func status() async throws -> Int32 {
        let status = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let status = end.withLockedValue { end in
                    if end.status == nil { end.waiting.append(continuation) }
                    return end.status
                }
                if let status { continuation.resume(returning: status) }
            }
        } onCancel: {
            send(SIGKILL)
        }
        await standardError.end()
        await standardOutput.end()
        if let secret {
            try demand(!errors.contains(secret), "the client secret stands on stderr")
            try demand(!output.contains(secret), "the client secret stands on stdout")
        }
        return status
    }

    package var errors: String { standardError.text }
    package var output: String { standardOutput.text }

    /// Returns when stderr has so many lines that contain `text`; it is an error where a program ends before.
    package func errorLines(_ count: Int = 1, containing text: String) async throws {
        let isThere = await standardError.wait { $0.split(separator: "\n").count { $0.contains(text) } >= count }
        try demand(isThere, "it ended without having written '\(text)' \(count) times:\n\(errors)")
    }

    /// Returns when stdout has so many lines; it is an error where a program ends before.
    package func outputLines(_ count: Int) async throws {
        let isThere = await standardOutput.wait { $0.utf8.count { $0 == UInt8(ascii: "\n") } >= count }
        try demand(isThere, "it ended before it had written \(count) lines:\n\(errors)")
    }

    /// Asks where its only output stands until that is at least `count` of a unit: `delivered`, `unacknowledged`.
    package func stands(at count: Int, unit: String) async throws {
        func statuses() -> [Int] {
            errors.split(separator: "\n").filter { $0.contains("output stands") }.compactMap { line in
                line.split(separator: " ").first { $0.hasPrefix(unit + "=") }.flatMap { Int($0.dropFirst(unit.count + 1)) }
            }
        }
        try await errorLines(containing: "reading")
        while case let known = statuses(), known.last ?? 0 < count {
            // How often it is asked; nothing depends on it, but the more lines there are, the longer it takes to look through them.
            try await Task.sleep(for: .milliseconds(10))
            send(SIGUSR1)
            try await errorLines(known.count + 1, containing: "output stands")
        }
    }

    /// Runs it to its end.
    package static func run(
        _ arguments: [String], environment: [String: String] = [:], directory: String? = nil, script: String? = nil
    ) async throws -> Ending {
        let program = try Program(arguments, environment: environment, directory: directory, script: script)
        return Ending(status: try await program.status(), output: program.output, errors: program.errors)
    }

    /// A line of what the kernel says of the process, in KiB.
    package func memory(_ name: String = "VmRSS") throws -> Int {
        let status = try String(contentsOfFile: "/proc/\(identifier)/status", encoding: .utf8)
        let line = status.split(separator: "\n").first { $0.hasPrefix(name + ":") }
        let size = line?.split { !$0.isNumber }.first.flatMap { Int($0) }
        guard let size else { throw SceneFailure("the kernel does not tell '\(name)'") }
        return size
    }

    /// Runs `body` beside the program, which has ended in any case afterwards.
    package static func with(
        _ arguments: [String], environment: [String: String] = [:], directory: String? = nil, script: String? = nil,
        _ body: @escaping @Sendable (Program) async throws -> Void
    ) async throws {
        let program = try Program(arguments, environment: environment, directory: directory, script: script)
        let result: Result<Void, any Error> = await withTaskCancellationHandler {
            do { return .success(try await body(program)) } catch { return .failure(error) }
        } onCancel: {
            program.send(SIGKILL)
        }
        program.send(SIGKILL)
        try await program.status()
        try result.get()
    }
}
