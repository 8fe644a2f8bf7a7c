import AuditCore
import Engine
import NIOConcurrencyHelpers

/// Dead letters in memory, as the text of each audit and its reason.
public final class RecordingDeadLetters: DeadLetters {
    public struct Letter: Sendable, Equatable {
        public let audit: String
        public let reason: String

        public init(audit: String, reason: String) {
            self.audit = audit
            self.reason = reason
        }
    }

    private let kept = NIOLockedValueBox<[Letter]>([])

    public init() {}

    public var letters: [Letter] { kept.withLockedValue { $0 } }

    public func keep(_ audits: [RawAudit], of page: AuditPage, reason: String) async throws {
        let letters = audits.map { audit in
            Letter(audit: String(decoding: page.bytes[audit.start..<audit.end], as: UTF8.self), reason: reason)
        }
        kept.withLockedValue { $0 += letters }
    }
}
