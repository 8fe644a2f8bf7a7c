import Foundation

/// The programs that outputs are judged by. `.ci/receivers` installs them: on the system, or in `.build-receivers/` of the clone.
package enum ReceiverProgram: String, Sendable, CaseIterable {
    case rsyslogd
    case syslogNG = "syslog-ng"
    case tenzir
    case openssl

    /// Where whoever checks a change must not pass over a receiver, this variable is `required`.
    package static let isRequired = ProcessInfo.processInfo.environment["AUDITFERRY_RECEIVERS"] == "required"

    /// Its executable; `nil` where there is none.
    package var path: String? {
        let installed = ["/usr/sbin", "/usr/bin", "/sbin", "/bin"].map { "\($0)/\(rawValue)" }
        let unpacked = ReceiverProgram.directoriesAbove.map { "\($0)/.build-receivers/bin/\(rawValue)" }
        return (unpacked + installed).first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    /// What this host lacks for these programs; `nil` where nothing.
    package static func obstacle(_ programs: [ReceiverProgram]) -> String? {
        let missing = programs.filter { $0.path == nil }.map { "'\($0.rawValue)'" }
        return missing.isEmpty ? nil : "\(missing.joined(separator: ", ")) not found: .ci/receivers installs it"
    }

    func demanded() throws(SceneFailure) -> String {
        guard let path else { throw SceneFailure(ReceiverProgram.obstacle([self]) ?? rawValue) }
        return path
    }

    /// The directories above this file, the nearest first.
    private static let directoriesAbove: [String] = {
        var (directories, url) = ([String](), URL(fileURLWithPath: #filePath))
        while url.pathComponents.count > 1 {
            url.deleteLastPathComponent()
            directories.append(url.path)
        }
        return directories
    }()
}
