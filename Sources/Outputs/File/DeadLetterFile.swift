import AuditCore
import Engine
import Formats
import Logging
import NIOCore

/// Dead letters as lines of JSON in a file: `{"time":…,"output":…,"reason":…,"audit":…}`, each synced. An audit that is no JSON object stands
/// as it came, too: the page that held it was complete JSON.
public struct DeadLetterFile: DeadLetters {
    private let output: String
    private let thread = BlockingThread()
    private let file: AppendedFile
    private let now: @Sendable () -> Instant

    public init(path: String, output: String, logger: Logger, now: @escaping @Sendable () -> Instant) {
        self.output = output
        self.now = now
        file = AppendedFile(path: path, mode: 0o600, logger: logger)
    }

    public func keep(_ audits: [RawAudit], of page: AuditPage, reason: String) async throws {
        var lines: [UInt8] = []
        for audit in audits {
            let names = "\"output\":\(JSONText.quoted(output)),\"reason\":\(JSONText.quoted(reason))"
            lines += "{\"time\":\"\(now())\",\(names),\"audit\":".utf8
            Format.json.append(audit, of: page, to: &lines)
            lines += "}\n".utf8
        }
        let bytes = lines
        try await thread.run { _ in try file.append(bytes) }
    }

    public func close() async {
        _ = try? await thread.run { _ in file.close() }
        await thread.stop()
    }
}
