import Engine
import NIOConcurrencyHelpers

/// Keeps what a tail reported, and how it stands.
public final class RecordingObserver: TailObserver {
    private let state = NIOLockedValueBox((reports: [TailReport](), status: TailStatus()))

    public init() {}

    public var reports: [TailReport] { state.withLockedValue { $0.reports } }
    public var status: TailStatus { state.withLockedValue { $0.status } }

    public func tail(_ output: String, reported report: TailReport) { state.withLockedValue { $0.reports.append(report) } }
    public func tail(_ output: String, stands status: TailStatus) { state.withLockedValue { $0.status = status } }
}
