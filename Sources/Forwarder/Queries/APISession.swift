import AuditAPI
import AuditCore
import AuditReader
import Engine
import Logging

/// The conversation of one command with the API: every error becomes what its user reads, and what may pass is tried again a few times.
struct APISession: Sendable {
    let genesys: GenesysSettings
    let reader: AuditReader
    let clock: any EngineClock

    /// - Parameters:
    ///   - settings: what the reader reads; `nil` for what the section says.
    ///   - logger: told of requests that are parked.
    init(
        _ genesys: GenesysSettings, _ settings: ReaderSettings? = nil, transport: any HTTPTransport, clock: any EngineClock,
        logger: Logger? = nil
    ) {
        self.genesys = genesys
        self.clock = clock
        reader = AuditReader(
            endpoints: genesys.endpoints, credentials: genesys.credentials,
            settings: settings ?? ReaderSettings(genesys), transport: transport, clock: clock, logger: logger)
    }

    var client: AuditAPIClient { reader.client }
    var expand: [Expansion] { genesys.selection.expandsUser ? [.user] : [] }

    /// The first contact: gets a token and learns the server's time. An API that cannot be connected to is not waited for.
    /// - Returns: what the realtime endpoint carries.
    /// - Throws: `Failure`; `CancellationError`.
    func connect() async throws -> AuditQueryServiceMapping {
        try await call({ $0.isTransient && $0.kind != .connection }) {
            try await client.authenticate()
            return try await client.realtimeServiceMapping()
        }
    }

    /// The server's time, never ahead of it. Known once `connect` has returned.
    func serverNow() throws(Failure) -> Instant {
        if let now = reader.serverNow() { return now }
        throw APIFailure.timeless(genesys)
    }

    /// What the reader reads.
    /// - Throws: `Failure`; `CancellationError`.
    func lanes() async throws -> [Lane] {
        var patience = Patience()
        while true {
            do throws(ReadFailure) {
                return try await reader.lanes()
            } catch {
                if case .cancelled = error { throw CancellationError() }
                guard let pause = patience.failed(asked: error.requestedWait) else {
                    throw Failure(
                        .unreachable, "what there is to read cannot be found out: \(error.reason)", hint: "try again later")
                }
                try await clock.sleep(until: clock.now() + pause)
            }
        }
    }

    /// Does `work` until it succeeds, within the bounds of `Patience`.
    /// - Throws: `Failure`; `CancellationError`.
    func call<Value>(
        _ mayPass: (AuditAPIError) -> Bool = \.isTransient, _ work: () async throws -> Value
    ) async throws -> Value {
        var patience = Patience()
        while true {
            do {
                return try await work()
            } catch let error as AuditAPIError {
                if error.kind == .cancelled { throw CancellationError() }
                guard mayPass(error), let pause = patience.failed(asked: error.requestedWait) else {
                    throw APIFailure.failure(error, genesys)
                }
                try await clock.sleep(until: clock.now() + pause)
            }
        }
    }

    /// - Throws: `Failure` with code `data` where `service` is not in the mapping. The API answers a wrong name with no audits, or
    ///   with an error that does not name it.
    static func check(_ service: String, in mapping: AuditQueryServiceMapping, endpoint: String) throws(Failure) {
        let names = mapping.serviceNames
        guard !names.contains(service) else { return }
        let question = NearestName.question(service, among: names)
        throw Failure(
            .data, "service \(Quoted.value(service)) is not known to the \(endpoint) endpoint\(question)",
            hint: "'auditferry services' lists the services of both endpoints, spelled as the API wants them")
    }
}

extension AuditAPIError {
    fileprivate var requestedWait: Duration? {
        if case .rateLimited(let wait) = kind { return wait }
        return nil
    }
}

extension ReadFailure {
    fileprivate var requestedWait: Duration? {
        if case .transient(_, let wait) = self { return wait }
        return nil
    }
}
