import AuditAPI
import Engine
import Logging
import NIOConcurrencyHelpers
import OffsetStore
import Outputs

/// What all outputs of a run have in common, whatever its configuration becomes.
struct RunSurroundings: Sendable {
    let extent: Forwarder.Extent
    let clock: any EngineClock
    let logger: Logger
    let transport: any HTTPTransport
    let board: StatusBoard
    let telemetry: Telemetry?
    /// How long what was read may still be delivered when an output or the run is to end; of the configuration in force.
    let shutdownTimeout: NIOLockedValueBox<Duration>
    /// Put around every output.
    let decorate: @Sendable (any Output) -> any Output
}
