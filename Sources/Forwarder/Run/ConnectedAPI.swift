import AuditCore
import AuditReader
import Engine

/// The API that a run reads, once it has answered: the outputs share its reads and its budget of requests.
struct ConnectedAPI: Sendable {
    let source: SharedSource
    private let reader: AuditReader
    private let genesys: GenesysSettings

    /// Gets a token and learns the server's time.
    ///
    /// - Parameter waits: whether an API that cannot be reached is waited for.
    /// - Throws: `Failure` with code `refused`, `unreachable` where it does not wait, or `failed`; `CancellationError`.
    init(_ configuration: ForwarderConfiguration, waits: Bool, _ surroundings: RunSurroundings) async throws {
        genesys = configuration.genesys
        reader = AuditReader(
            endpoints: genesys.endpoints, credentials: genesys.credentials,
            settings: ReaderSettings(genesys, configuration.tail), transport: surroundings.transport,
            clock: surroundings.clock, logger: surroundings.logger)
        let connecting = Connecting(
            genesys: genesys, reader: reader, clock: surroundings.clock, logger: surroundings.logger)
        try await connecting.run(waits: waits)
        let base = reader
        source = SharedSource(surroundings.telemetry.map { CountedSource(base: base, telemetry: $0) } ?? base)
        _ = try serverNow()
    }

    /// Known once the API has answered.
    func serverNow() throws(Failure) -> Instant {
        if let now = reader.serverNow() { return now }
        throw APIFailure.timeless(genesys)
    }

    /// The server's time comes from this API from now on.
    func isInForce(for telemetry: Telemetry?) { telemetry?.knowsServer { [reader] in reader.serverNow() } }
}
