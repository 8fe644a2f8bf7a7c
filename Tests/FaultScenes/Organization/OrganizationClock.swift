import AuditCore
import Foundation
import NIOConcurrencyHelpers

/// The clock of a simulated organization: the machine's, set forward as a test likes.
package final class OrganizationClock: Sendable {
    private let ahead = NIOLockedValueBox(Duration.zero)

    package var now: Instant {
        Instant(milliseconds: Int64(Date().timeIntervalSince1970 * 1000)) + ahead.withLockedValue { $0 }
    }

    /// So much time passes at once.
    package func advance(by duration: Duration) { ahead.withLockedValue { $0 += duration } }
}
