import AuditCore
import Engine
import Logging

/// Says when requests are parked and when they go on, each once and equally loud.
struct ParkingLog: Sendable {
    /// `nil` says nothing.
    let logger: Logger?

    /// - Parameter until: by the server's clock; `nil` where its time is not known.
    func begins(_ family: RequestFamily, until: Instant?, lasts: Duration) {
        var metadata: Logger.Metadata = ["requests": "\(family.rawValue)", "for": "\(lasts.components.seconds)s"]
        metadata["until"] = until.map { "\($0)" }
        logger?.warning("the API refuses requests for long: they are parked, the others go on", metadata: metadata)
    }

    func ends(_ family: RequestFamily) {
        logger?.warning(
            "the parking is over: the requests go on", metadata: ["requests": "\(family.rawValue)", "state": "recovered"])
    }
}
