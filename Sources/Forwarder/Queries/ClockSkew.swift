import AuditAPI
import AuditCore

extension ResponseMetadata {
    /// By how much the server's clock is ahead of this machine's, to half a second; `nil` where it does not tell its time. The header is cut to
    /// whole seconds, and was written about half way through the exchange.
    ///
    /// - Parameter middle: that moment, by this machine's clock.
    func clockSkew(at middle: Instant) -> Duration? { serverDate.map { $0 + .milliseconds(500) - middle } }
}
