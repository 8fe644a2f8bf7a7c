import Foundation
import NIOConcurrencyHelpers

/// The machine's systemd-journald, in a mount namespace with a `/run` and a `/var/log` of its own: nothing of the machine's own journal is
/// touched. The namespace lives as long as this does, journald as often as wanted.
package final class Journald: Sendable {
    private static let program = "/lib/systemd/systemd-journald"
    /// How long a namespace lives whose maker has been killed.
    private static let mostSeconds = 900

    /// What this machine lacks for it; `nil` where nothing. Looked at once.
    package static let obstacle: String? = {
        guard getuid() == 0 else { return "only root may start a journald of its own" }
        for path in [program, "/usr/bin/unshare", "/usr/bin/nsenter", "/usr/bin/journalctl", "/etc/machine-id"]
        where !FileManager.default.fileExists(atPath: path) {
            return "'\(path)' not found"
        }
        let attempt = Process()
        attempt.executableURL = URL(fileURLWithPath: "/usr/bin/unshare")
        attempt.arguments = ["-m", "--propagation", "private", "mount", "-t", "tmpfs", "tmpfs", "/run"]
        attempt.standardError = FileHandle.nullDevice
        guard (try? attempt.run()) != nil else { return "unshare does not run" }
        attempt.waitUntilExit()
        return attempt.terminationStatus == 0 ? nil : "this system permits no mount namespace"
    }()

    private let directory: URL
    private let holder: Program
    private let notification: NotificationSocket
    private let living = NIOLockedValueBox<Program?>(nil)

    /// Makes the namespace; nothing runs in it yet.
    /// - Parameter options: lines of journald.conf(5).
    package init(_ options: [String] = []) async throws {
        directory = FileManager.default.temporaryDirectory.appendingPathComponent("auditferry-journald-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: directory.appendingPathComponent("log/journal"), withIntermediateDirectories: true)
        let lines =
            ["[Journal]", "Storage=persistent", "ReadKMsg=no", "Audit=no", "ForwardToSyslog=no", "ForwardToWall=no"] + options
        let file = directory.appendingPathComponent("journald.conf")
        try lines.joined(separator: "\n").write(to: file, atomically: false, encoding: .utf8)
        notification = try NotificationSocket(path: directory.appendingPathComponent("notify").path)
        // The copies of other tests' disks would keep them mounted when these unmount them.
        let script = """
            exec unshare -m --propagation private /bin/sh -ec '
            while read -r _ place _; do case "$place" in */auditferry-test-*) umount -l "$place" || true ;; esac; done < /proc/self/mounts
            mount -t tmpfs tmpfs /run
            mkdir -p /run/systemd/journal /run/log
            touch /run/systemd/journal/flushed
            chgrp systemd-journal "$0/log/journal" && chmod 2755 "$0/log/journal"
            mount --bind "$0/log" /var/log
            mount --bind "$0/journald.conf" /etc/systemd/journald.conf
            echo ready
            exec sleep \(Journald.mostSeconds)' "$1"
            """
        holder = try Program([directory.path], script: script)
        try await holder.outputLines(1)
    }

    deinit {
        living.withLockedValue { $0 }?.send(SIGKILL)
        holder.send(SIGKILL)
        try? FileManager.default.removeItem(at: directory)
    }

    /// The namespace's root directory, as this process sees it.
    package var root: String { "/proc/\(holder.identifier)/root" }
    /// The name of this machine's directory among the journals.
    package var machine: String {
        ((try? String(contentsOfFile: "/etc/machine-id", encoding: .utf8)) ?? "").trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// Returns when journald has said that it is ready (sd_notify(3)).
    package func start() async throws {
        let program = try Program(
            [], environment: ["NOTIFY_SOCKET": notification.path, "SYSTEMD_LOG_TARGET": "console"],
            script: "exec \(inside) \(Journald.program)")
        living.withLockedValue { $0 = program }
        while !notification.take().contains("READY=1") {
            try demand(!program.hasEnded, "journald ended before it was ready:\n\(program.errors)")
            // How often it is looked at; nothing depends on it.
            try await Task.sleep(for: .milliseconds(2))
        }
    }

    package func kill() async throws { try await end(by: SIGKILL) }
    package func stop() async throws { try await end(by: SIGTERM) }
    /// It takes nothing more, and its kernel keeps what comes, as far as there is room.
    package func pause() { living.withLockedValue { $0 }?.send(SIGSTOP) }
    package func resume() { living.withLockedValue { $0 }?.send(SIGCONT) }

    /// What a shell script begins a command with that is to run inside.
    package var inside: String { "nsenter -t \(holder.identifier) -m" }

    /// Runs journalctl, or another program, inside.
    package func run(_ command: String) async throws -> String {
        let ending = try await Program.run([], script: "exec \(inside) \(command)")
        try demand(ending.status == 0, "'\(command)' failed: \(ending.errors)")
        return ending.output
    }

    /// Every entry with this identifier, in order: each field with its values.
    package func entries(_ identifier: String) async throws -> [[String: [[UInt8]]]] {
        try await run("journalctl -t \(identifier) -o json --all --no-pager").split(separator: "\n").map {
            try Journald.entry($0)
        }
    }

    private func end(by signal: Int32) async throws {
        let program = living.withLockedValue { living in
            defer { living = nil }
            return living
        }
        program?.send(signal)
        program?.send(SIGCONT)
        try await program?.status()
    }

    /// journalctl(1), `-o json`: a text is a string, other bytes are a list of numbers, a field that is there several times is a list of these.
    private static func entry(_ line: Substring) throws -> [String: [[UInt8]]] {
        let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
        guard let object else { throw SceneFailure("journalctl wrote no object: \(line.prefix(200))") }
        return object.mapValues { value in
            if let one = bytes(value) { return [one] }
            return (value as? [Any])?.compactMap(bytes) ?? []
        }
    }

    private static func bytes(_ value: Any) -> [UInt8]? {
        if let text = value as? String { return Array(text.utf8) }
        return (value as? [Int])?.map { UInt8($0) }
    }
}
