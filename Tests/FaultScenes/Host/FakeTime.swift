import AuditCore
import Foundation

/// A wall clock that is wrong: a library shifts what a program sees of it, as a file says, and leaves the monotonic one alone.
struct FakeTime: Sendable {
    private static let library: String? = {
        let directories = (try? FileManager.default.contentsOfDirectory(atPath: "/usr/lib")) ?? []
        let paths = directories.map { "/usr/lib/\($0)/faketime/libfaketimeMT.so.1" }
        return paths.first { FileManager.default.fileExists(atPath: $0) }
    }()

    /// The library shifts absolute timers by as much as the wall clock, whatever clock they go by: this one takes that back.
    private static let mending = """
        #include <sys/syscall.h>
        #include <unistd.h>
        int timerfd_settime(int descriptor, int flags, const void *value, void *old) {
            return syscall(SYS_timerfd_settime, descriptor, flags, value, old);
        }
        """

    /// What this process has for the time.
    static var real: Instant { Instant(milliseconds: Int64(Date().timeIntervalSince1970 * 1000)) }

    @Sendable static func obstacle() async throws -> String? {
        guard library != nil else { return "libfaketime (Debian package 'faketime') is not installed" }
        return try await Program.run([], script: "command -v cc").status == 0 ? nil : "no C compiler is installed"
    }

    /// What a program is started with that is to have this clock: by way of a shell, since the library changes the environment where it is
    /// loaded first, and then Swift does not find the arguments.
    let environment: [String: String]
    private let file: String

    init(_ scene: Scene, off offset: String) async throws {
        let (source, mended) = (try scene.write(FakeTime.mending, to: "mending.c"), scene.path("mending.so"))
        let built = try await Program.run([], script: "cc -shared -fPIC -o '\(mended)' '\(source)'")
        try FaultScenes.demand(built.status == 0, built.errors)
        file = try scene.write(offset, to: "clock")
        environment = [
            "LD_PRELOAD": "\(mended) \(FakeTime.library ?? "")", "FAKETIME_TIMESTAMP_FILE": file, "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        ]
    }

    /// The log has the host's time: the library did what it should.
    /// - Parameter life: the time that the program ran, as this process knows it.
    func demand(_ log: [Substring], from offset: String, to step: String, during life: Interval) throws {
        let times = log.compactMap { $0.split(separator: " ").first }.compactMap { Instant(String($0)) }
        for (time, text) in [(times.first, offset), (times.last, step)] {
            let shift = Duration(String(text.dropFirst())).map { text.hasPrefix("-") ? .zero - $0 : $0 } ?? .zero
            let real = time.map { $0 - shift }
            try FaultScenes.demand(real.map(life.contains) ?? false, "with \(text), a program of \(life) wrote at \(times)")
        }
    }

    func step(to offset: String) throws {
        // At once: the library may read the file at any moment, and ends a program that it finds without a time.
        try Data(offset.utf8).write(to: URL(fileURLWithPath: file), options: .atomic)
    }
}
