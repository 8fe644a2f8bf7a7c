import Foundation

/// A disk of its own for an offset file, which can be full or read-only without harm to anybody else.
package struct Disk: Sendable {
    package let path: String

    /// Why there can be no disk in memory here.
    @Sendable package static func obstacle() async throws -> String? {
        let mounted = try await Scene.withDirectory { directory in
            try await shell("mount -t tmpfs -o size=64k tmpfs '\(directory)' && umount '\(directory)'") == 0
        }
        return mounted ? nil : "mounting is not allowed here"
    }

    /// Why no file can be mounted here as a disk, which can be made read-only below a program that writes to it.
    @Sendable package static func imageObstacle() async throws -> String? {
        if let obstacle = try await obstacle() { return obstacle }
        return try await shell("command -v mkfs.ext4 e2fsck && ls /dev/loop-control") == 0 ? nil : "images cannot be mounted here"
    }

    /// Why no disk can be made here that does not answer for a while.
    @Sendable package static func freezingObstacle() async throws -> String? {
        if let obstacle = try await imageObstacle() { return obstacle }
        return try await shell("command -v fsfreeze") == 0 ? nil : "fsfreeze is missing"
    }

    /// Runs `body` with a disk in memory of eight MiB at a path.
    package static func inMemory<Value>(at path: String, _ body: (Disk) async throws -> Value) async throws -> Value {
        try await inMemory(at: path, mebibytes: 8, body)
    }

    package static func inMemory<Value>(
        at path: String, mebibytes: Int, _ body: (Disk) async throws -> Value
    ) async throws -> Value {
        try await with(path, mounting: "mount -t tmpfs -o size=\(mebibytes)m tmpfs '\(path)'", body)
    }

    /// Runs `body` with a disk of eight MiB at a path.
    package static func inFile<Value>(at path: String, _ body: (Disk) async throws -> Value) async throws -> Value {
        let image = path + ".image"
        let format = "truncate -s 8M '\(image)' && mkfs.ext4 -q '\(image)'"
        return try await with(path, mounting: "\(format) && mount -o loop '\(image)' '\(path)'", body)
    }

    private static func with<Value>(
        _ path: String, mounting command: String, _ body: (Disk) async throws -> Value
    ) async throws -> Value {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        try demand(try await shell(command) == 0, "no disk can be mounted at '\(path)'")
        let result: Result<Value, any Error>
        do { result = .success(try await body(Disk(path: path))) } catch { result = .failure(error) }
        // A program that was killed may still be going.
        _ = try await shell("umount '\(path)' || umount -l '\(path)'")
        return try result.get()
    }

    package var offsets: String { path + "/offsets.db" }

    /// Leaves room for nothing.
    package func fill() throws {
        let file = try FileHandle(forWritingTo: try made("filler"))
        for size in [1 << 16, 1 << 12, 1] {
            while (try? file.write(contentsOf: Data(repeating: 0, count: size))) != nil {}
        }
        try file.close()
    }

    package func makeRoom() throws { try FileManager.default.removeItem(atPath: path + "/filler") }

    /// As the kernel does with a disk that has errors: whatever is open stays open, and nothing can be written.
    package func becomeReadOnly() async throws { try await remount("abort") }

    /// What an operator does about it. Nobody may use the disk.
    package func repair() async throws {
        let image = path + ".image"
        // e2fsck says 1 where it has mended something.
        let check = "e2fsck -fy '\(image)' || test $? = 1"
        let command = "umount '\(path)' && { \(check); } && mount -o loop '\(image)' '\(path)'"
        try demand(try await Disk.shell(command) == 0, "the disk at '\(path)' cannot be repaired")
    }

    /// Runs `body` while whoever writes to the disk waits.
    package func whileFrozen<Value>(_ body: () async throws -> Value) async throws -> Value {
        try demand(try await Disk.shell("fsfreeze -f '\(path)'") == 0, "the disk at '\(path)' cannot be frozen")
        let result: Result<Value, any Error>
        do { result = .success(try await body()) } catch { result = .failure(error) }
        // Until then not even SIGKILL ends a program that waits for it.
        try demand(try await Disk.shell("fsfreeze -u '\(path)'") == 0, "the disk at '\(path)' stays frozen")
        return try result.get()
    }

    package func remount(_ option: String) async throws {
        let command = "mount -o remount,\(option) '\(path)'"
        let ended = try await Disk.ending(of: command)
        try demand(ended.status == 0, "the disk at '\(path)' cannot be mounted again: \(ended.errors)")
    }

    private func made(_ name: String) throws -> URL {
        let url = URL(fileURLWithPath: path + "/" + name)
        try Data().write(to: url)
        return url
    }

    private static func shell(_ command: String) async throws -> Int32 { try await ending(of: command).status }

    private static func ending(of command: String) async throws -> Program.Ending {
        try await Program.run([], environment: ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin"], script: command)
    }
}
