import AuditAPI
import AuditCore
import Engine

/// Which services write audits, about which entities and with which actions: what each of the two endpoints carries.
public struct ServiceCatalog: Sendable, Equatable {
    /// Service → entity → actions.
    public typealias Mapping = [String: [String: Set<String>]]

    public let realtime: Mapping
    public let asynchronous: Mapping

    public init(realtime: Mapping, asynchronous: Mapping) {
        self.realtime = realtime
        self.asynchronous = asynchronous
    }

    init(realtime: AuditQueryServiceMapping, asynchronous: AuditQueryServiceMapping) {
        self.init(realtime: ServiceCatalog.mapping(realtime), asynchronous: ServiceCatalog.mapping(asynchronous))
    }

    /// Asks both endpoints.
    /// - Throws: `Failure`; `CancellationError`.
    public static func load(
        genesys: GenesysSettings, transport: any HTTPTransport, clock: any EngineClock = MonotonicClock()
    ) async throws -> ServiceCatalog {
        let session = APISession(genesys, transport: transport, clock: clock)
        let realtime = try await session.connect()
        let asynchronous = try await session.call { try await session.client.serviceMapping() }
        return ServiceCatalog(realtime: realtime, asynchronous: asynchronous)
    }

    /// What the asynchronous endpoint has and realtime lacks.
    public var asynchronousOnly: Mapping { ServiceCatalog.rest(of: asynchronous, without: realtime) }
    /// What realtime has and the asynchronous endpoint lacks.
    public var realtimeOnly: Mapping { ServiceCatalog.rest(of: realtime, without: asynchronous) }

    /// Names may be missing or stand twice: what cannot be named is left out, and the rest is merged.
    private static func mapping(_ answer: AuditQueryServiceMapping) -> Mapping {
        var mapping: Mapping = [:]
        for service in answer.services ?? [] {
            guard let name = service.name else { continue }
            if mapping[name] == nil { mapping[name] = [:] }
            for entity in service.entities ?? [] {
                guard let kind = entity.name else { continue }
                mapping[name]?[kind, default: []].formUnion(entity.actions ?? [])
            }
        }
        return mapping
    }

    private static func rest(of one: Mapping, without other: Mapping) -> Mapping {
        var rest: Mapping = [:]
        for (service, entities) in one {
            guard let known = other[service] else {
                rest[service] = entities
                continue
            }
            var differing: [String: Set<String>] = [:]
            for (entity, actions) in entities {
                let missing = actions.subtracting(known[entity] ?? [])
                if known[entity] == nil || !missing.isEmpty { differing[entity] = missing }
            }
            if !differing.isEmpty { rest[service] = differing }
        }
        return rest
    }
}
