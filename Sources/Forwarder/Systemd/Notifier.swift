import AuditCore
import Engine
import Logging
import NIOConcurrencyHelpers

/// Tells the service manager how a run is doing, while it goes on. No call blocks.
final class Notifier: Sendable {
    private struct State {
        var schedule: NotificationSchedule
        /// What the manager has not taken yet, the oldest first; at most one of a kind.
        var untaken: [Notification] = []
        var isFailing = false
    }

    private let manager: ServiceManager
    private let socket: NotificationSocket
    private let telemetry: Telemetry
    private let clock: any EngineClock
    private let logger: Logger
    private let state: NIOLockedValueBox<State>

    /// - Returns: `nil`, and a warning in the log, where the manager's address cannot be used.
    init?(_ manager: ServiceManager, telemetry: Telemetry, clock: any EngineClock, logger: Logger) {
        do throws(NotificationSocket.Problem) {
            socket = try NotificationSocket(address: manager.address)
        } catch {
            Notifier.warn(of: error, manager, logger)
            return nil
        }
        self.manager = manager
        self.telemetry = telemetry
        self.clock = clock
        self.logger = logger
        state = NIOLockedValueBox(State(schedule: NotificationSchedule(watchdog: manager.watchdog)))
    }

    /// Does `work` while the manager is told how it is doing; a failure is the last thing that it is told.
    func around(_ work: @escaping @Sendable () async throws -> Void) async throws {
        do {
            try await withThrowingTaskGroup(of: Bool.self) { group in
                defer { group.cancelAll() }
                group.addTask {
                    try await work()
                    return true
                }
                group.addTask { [self] in
                    await tick()
                    return false
                }
                while try await group.next() == false {}
            }
        } catch {
            tell { $0.stopping(error is CancellationError ? nil : StatusLine.line("\(error)")) }
            throw error
        }
        tell { $0.stopping() }
    }

    /// A reload begins.
    func reloading() { tell { $0.reloading(at: MonotonicTime.now()) } }

    /// It has ended, with whatever configuration is in force.
    func reloaded() { tell { $0.reloaded() } }

    func stopping() { tell { $0.stopping() } }

    private func tick() async {
        repeat {
            let view = telemetry.view()
            let observation = NotificationSchedule.Observation(
                hasRead: view.hasRead, isHealthy: view.isHealthy, status: StatusLine.text(view))
            tell { $0.tick(observation, at: view.clock) }
            let interval = state.withLockedValue { $0.schedule.interval }
            guard (try? await clock.sleep(until: clock.now() + interval)) != nil else { return }
        } while true
    }

    /// Sends what is due after what was not taken before, in this order; what one of them outdates is not sent.
    private func tell(_ due: (inout NotificationSchedule) -> [Notification]) {
        state.withLockedValue { state in
            for notification in due(&state.schedule) {
                state.untaken.removeAll { $0.isOutdated(by: notification) }
                state.untaken.append(notification)
            }
            do throws(NotificationSocket.Problem) {
                while let first = state.untaken.first {
                    try socket.send(first.text)
                    state.untaken.removeFirst()
                    if state.isFailing {
                        logger.warning("the service manager can be told again", metadata: ["state": "recovered"])
                    }
                    state.isFailing = false
                }
            } catch {
                if !state.isFailing { Notifier.warn(of: error, manager, logger) }
                state.isFailing = true
            }
        }
    }

    private static func warn(of problem: NotificationSocket.Problem, _ manager: ServiceManager, _ logger: Logger) {
        let reason =
            switch problem {
            case .full: "its queue is full"
            case .unusable(let reason): reason
            }
        logger.warning(
            "the service manager cannot be told how the run is doing",
            metadata: ["notify_socket": "\(manager.address)", "reason": "\(reason)"])
    }
}
