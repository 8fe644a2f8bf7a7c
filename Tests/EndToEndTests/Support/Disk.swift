import Foundation
import Testing

/// A disk of its own for an offset file, which can be full or read-only without harm to anybody else.
struct Disk: Sendable {
    let path: String

    /// Whether this process may mount, so that the test can be.
    static let canMount: Bool = {
        guard geteuid() == 0 else { return false }
        let place = NSTemporaryDirectory() + "auditferry-mount-" + UUID().uuidString
        guard mkdir(place, 0o700) == 0 else { return false }
        defer { rmdir(place) }
        return shell("mount -t tmpfs -o size=64k tmpfs '\(place)' && umount '\(place)'") == 0
    }()

    /// Whether a file can be mounted as a disk, which can be made read-only below a program that writes to it.
    static let canMountImages = canMount && shell("command -v mkfs.ext4 e2fsck && ls /dev/loop-control") == 0

    /// Runs `body` with a disk in memory of one MiB at a path.
    static func inMemory(at path: String, _ body: (Disk) async throws -> Void) async throws {
        try await with(path, mounting: "mount -t tmpfs -o size=1m tmpfs '\(path)'", body)
    }

    /// Runs `body` with a disk of eight MiB at a path.
    static func inFile(at path: String, _ body: (Disk) async throws -> Void) async throws {
        let image = path + ".image"
        let format = "truncate -s 8M '\(image)' && mkfs.ext4 -q '\(image)'"
        try await with(path, mounting: "\(format) && mount -o loop '\(image)' '\(path)'", body)
    }

    private static func with(_ path: String, mounting command: String, _ body: (Disk) async throws -> Void) async throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        try #require(shell(command) == 0)
        let result: Result<Void, any Error>
        do { result = .success(try await body(Disk(path: path))) } catch { result = .failure(error) }
        // A program that was killed may still be going.
        shell("umount '\(path)' || umount -l '\(path)'")
        try result.get()
    }

    var offsets: String { path + "/offsets.db" }

    /// Leaves room for nothing.
    func fill() throws {
        let file = try FileHandle(forWritingTo: try made("filler"))
        for size in [1 << 16, 1 << 12, 1] {
            while (try? file.write(contentsOf: Data(repeating: 0, count: size))) != nil {}
        }
        try file.close()
    }

    func makeRoom() throws { try FileManager.default.removeItem(atPath: path + "/filler") }

    /// As the kernel does with a disk that has errors: whatever is open stays open, and nothing can be written.
    func becomeReadOnly() throws { try #require(Disk.shell("mount -o remount,abort '\(path)'") == 0) }

    /// What an operator does about it. Nobody may use the disk.
    func repair() throws {
        let image = path + ".image"
        // e2fsck says 1 where it has mended something.
        let check = "e2fsck -fy '\(image)' || test $? = 1"
        try #require(Disk.shell("umount '\(path)' && { \(check); } && mount -o loop '\(image)' '\(path)'") == 0)
    }

    /// Nobody may use the disk.
    func remount(_ option: String) throws { try #require(Disk.shell("mount -o remount,\(option) '\(path)'") == 0) }

    private func made(_ name: String) throws -> URL {
        let url = URL(fileURLWithPath: path + "/" + name)
        try Data().write(to: url)
        return url
    }

    @discardableResult
    private static func shell(_ command: String) -> Int32 {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", "PATH=/usr/sbin:/usr/bin:/sbin:/bin; { \(command); } >/dev/null 2>&1 </dev/null"]
        guard (try? process.run()) != nil else { return -1 }
        process.waitUntilExit()
        return process.terminationStatus
    }
}
