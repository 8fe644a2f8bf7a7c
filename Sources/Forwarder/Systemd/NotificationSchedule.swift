import AuditCore

/// What a service manager is told and when: a value that is asked again and again. Times are those of one clock that only runs forward.
struct NotificationSchedule: Sendable {
    /// How a run is doing.
    struct Observation: Sendable, Equatable {
        /// The API has shown a page.
        var hasRead: Bool
        /// It makes progress.
        var isHealthy: Bool
        /// One line.
        var status: String
    }

    private enum Phase { case starting, running, stopping }

    /// The least time between two statuses.
    static let statusInterval = Duration.seconds(5)
    private static let ticks = (least: Duration.milliseconds(10), most: Duration.seconds(1))

    private let watchdog: Duration?
    private var phase = Phase.starting
    private var status: (line: String, at: Duration)?
    private var lastSign: Duration?

    /// - Parameter watchdog: within what time each sign of life has to come; `nil` for none.
    init(watchdog: Duration?) { self.watchdog = watchdog }

    /// How long after one `tick` the next has to be.
    var interval: Duration {
        let quarter = watchdog.map { $0 / 4 } ?? NotificationSchedule.ticks.most
        return min(max(quarter, NotificationSchedule.ticks.least), NotificationSchedule.ticks.most)
    }

    mutating func tick(_ observation: Observation, at now: Duration) -> [Notification] {
        var due: [Notification] = []
        if phase == .starting, observation.hasRead {
            phase = .running
            due.append(.ready)
        }
        if observation.isHealthy, isSignDue(at: now) {
            lastSign = now
            due.append(.watchdog)
        }
        if isStatusDue(observation.status, at: now) {
            status = (observation.status, now)
            due.append(.status(observation.status))
        }
        return due
    }

    /// Files begin to be opened anew.
    /// - Parameter monotonic: the time by CLOCK_MONOTONIC.
    func reloading(at monotonic: Duration) -> [Notification] { phase == .running ? [.reloading(monotonic: monotonic)] : [] }

    /// A manager that still waits for the first `ready` must not take this one for it.
    func reloaded() -> [Notification] { phase == .running ? [.ready] : [] }

    /// - Parameter reason: why it ends, where that is not because it was told to; one line.
    mutating func stopping(_ reason: String? = nil) -> [Notification] {
        let isFirst = phase != .stopping
        phase = .stopping
        return (isFirst ? [.stopping] : []) + (reason.map { [.status($0)] } ?? [])
    }

    /// At half the time that the manager allows; earlier where the next tick would be later than that.
    private func isSignDue(at now: Duration) -> Bool {
        guard let watchdog, phase != .starting else { return false }
        return lastSign.map { now + interval - $0 > watchdog / 2 } ?? true
    }

    private func isStatusDue(_ line: String, at now: Duration) -> Bool {
        guard let status else { return true }
        return status.line != line && now - status.at >= NotificationSchedule.statusInterval
    }
}
