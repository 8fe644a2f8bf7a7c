import AuditAPI
import AuditCore
import AuditReader
import Engine
import Logging

/// The first contact with the API: gets a token and learns the server's time.
struct Connecting {
    private static let pause = (first: Duration.seconds(1), most: Duration.seconds(60))

    let genesys: GenesysSettings
    let reader: AuditReader
    let clock: any EngineClock
    let logger: Logger

    /// - Parameter waits: whether an API that cannot be reached is waited for.
    /// - Throws: `Failure` with code `refused`, or `unreachable` where it does not wait; `CancellationError`.
    func run(waits: Bool) async throws {
        var pause = Connecting.pause.first
        var hasFailed = false
        while true {
            do {
                try await reader.client.authenticate()
                _ = try await reader.client.realtimeServiceMapping()
                if hasFailed {
                    logger.warning("the API answers", metadata: ["api": "\(genesys.endpoints.api)", "state": "recovered"])
                }
                return
            } catch let error as AuditAPIError {
                if error.kind == .cancelled { throw CancellationError() }
                guard waits, error.isTransient else { throw APIFailure.failure(error, genesys) }
                hasFailed = true
                let wait = max(pause, error.requestedWait ?? .zero)
                logger.warning(
                    "the API does not answer yet",
                    metadata: ["api": "\(genesys.endpoints.api)", "reason": "\(error)", "retry_in": "\(wait.shortText)"])
                try await clock.sleep(until: clock.now() + wait)
                pause = min(pause * 2, Connecting.pause.most)
            }
        }
    }
}

extension AuditAPIError {
    fileprivate var requestedWait: Duration? {
        if case .rateLimited(let wait) = kind { return wait }
        return nil
    }
}
