import Glibc
import Outputs

/// What the system says of this process. Each is `nil` where it does not say it.
struct ProcessFigures: Sendable {
    let residentBytes: Int?
    let cpuTime: Duration?
    let openFiles: Int?

    /// Reads `/proc/self` (proc(5)); takes some tens of microseconds.
    static func current() -> ProcessFigures {
        ProcessFigures(residentBytes: residentBytes(), cpuTime: cpuTime(), openFiles: openFiles())
    }

    private static func residentBytes() -> Int? {
        let pages = SmallFile.read("/proc/self/statm", upTo: 256).split(separator: " ").dropFirst().first.flatMap { Int($0) }
        return pages.map { $0 * sysconf(Int32(_SC_PAGESIZE)) }
    }

    private static func cpuTime() -> Duration? {
        var time = timespec()
        guard clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time) == 0 else { return nil }
        return .seconds(Int64(time.tv_sec)) + .nanoseconds(Int64(time.tv_nsec))
    }

    private static func openFiles() -> Int? {
        guard let directory = opendir("/proc/self/fd") else { return nil }
        defer { closedir(directory) }
        var count = 0
        while readdir(directory) != nil { count += 1 }
        // `.`, `..`, and the descriptor that reads the directory.
        return max(0, count - 3)
    }
}
