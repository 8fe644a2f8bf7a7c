import AuditCore
import Glibc

/// The lock that keeps a second instance from writing the same offset file: an exclusive `flock` on a file beside it, which the kernel gives
/// back when the process ends, however it ends.
///
/// SQLite's own locks would keep an operator's `offsets show` out as well.
struct InstanceLock: Sendable {
    /// Of the lock's file, behind the path of the offset file.
    static let suffix = ".lock"

    private let descriptor: Int32

    init(path: String) throws(Failure) {
        descriptor = try InstanceLock.take(path)
        let line = "\(getpid())\n"
        ftruncate(descriptor, 0)
        _ = line.withCString { pwrite(descriptor, $0, strlen($0), 0) }
    }

    private static func take(_ path: String) throws(Failure) -> Int32 {
        while true {
            let descriptor = open(path + suffix, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
            guard descriptor >= 0 else { throw OffsetFailures.unusable(path, String(cString: strerror(errno))) }
            guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
                let holder = InstanceLock.holder(descriptor)
                close(descriptor)
                throw OffsetFailures.locked(path, by: holder)
            }
            // The last holder may have removed the file between the opening and the lock: then it keeps nobody out.
            var (mine, present) = (stat(), stat())
            if fstat(descriptor, &mine) == 0, stat(path + suffix, &present) == 0, mine.st_ino == present.st_ino {
                return descriptor
            }
            close(descriptor)
        }
    }

    /// Gives it back. To be called once.
    func release() {
        // Not by closing alone: a child that is being started may have the open file as well for a moment.
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }

    /// Who holds the lock of the offset file at `path` now; `nil` where nobody does. The lock is shared for a moment to find out.
    static func holder(of path: String) -> String? {
        let descriptor = open(path + suffix, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        guard flock(descriptor, LOCK_SH | LOCK_NB) == 0 else { return holder(descriptor) ?? "another process" }
        flock(descriptor, LOCK_UN)
        return nil
    }

    private static func holder(_ descriptor: Int32) -> String? {
        var buffer = [UInt8](repeating: 0, count: 16)
        let count = pread(descriptor, &buffer, buffer.count, 0)
        guard count > 0 else { return nil }
        return Int(String(decoding: buffer[..<count].prefix { $0 != 10 }, as: UTF8.self)).map { "process \($0)" }
    }
}
