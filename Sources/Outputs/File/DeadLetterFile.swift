import AuditCore
import Engine
import Formats
import Logging
import NIOCore

/// Dead letters as lines of JSON in a file: `{"time":…,"output":…,"reason":…,"audit":…}`, each synced. An audit that is no JSON object stands
/// as it came, too: the page that held it was complete JSON.
///
/// The file may be moved away at any time, as a replay does: the next letter makes a new one.
public struct DeadLetterFile: DeadLetters {
    private let output: String
    private let path: String
    private let logger: Logger
    private let thread = BlockingThread()
    private let file: AppendedFile
    private let now: @Sendable () -> Instant

    public init(path: String, output: String, logger: Logger, now: @escaping @Sendable () -> Instant) {
        self.output = output
        self.path = path
        self.logger = logger
        self.now = now
        file = AppendedFile(path: path, mode: 0o600, isShared: true, logger: logger)
    }

    public func keep(_ audits: [RawAudit], of page: AuditPage, reason: String) async throws {
        var lines: [UInt8] = []
        for audit in audits {
            DeadLetterFile.append(audit, of: page, output: output, reason: reason, time: now(), to: &lines)
        }
        let bytes = lines
        try await thread.run { _ in try file.append(bytes) }
        logger.error(
            "audits can never be delivered, and were put aside; look at the reason, then replay them",
            metadata: ["output": "\(output)", "audits": "\(audits.count)", "reason": "\(reason)", "path": "\(path)"])
    }

    public func close() async {
        _ = try? await thread.run { _ in file.close() }
        await thread.stop()
    }

    /// Appends one letter, with its line end.
    public static func append(
        _ audit: RawAudit, of page: AuditPage, output: String, reason: String, time: Instant, to lines: inout [UInt8]
    ) {
        let names = "\"output\":\(JSONText.quoted(output)),\"reason\":\(JSONText.quoted(reason))"
        lines += "{\"time\":\"\(time)\",\(names),\"audit\":".utf8
        Format.json.append(audit, of: page, to: &lines)
        lines += "}\n".utf8
    }
}
