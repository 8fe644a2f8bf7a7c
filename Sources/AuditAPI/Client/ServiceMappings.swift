extension AuditAPIClient {
    /// The services that the realtime query knows: `GET /api/v2/audits/query/realtime/servicemapping`.
    public func realtimeServiceMapping() async throws -> AuditQueryServiceMapping {
        try await mapping(Operation(endpoint: .realtimeServiceMapping, method: .get, path: "/realtime/servicemapping"))
    }

    /// The services that the asynchronous query knows: `GET /api/v2/audits/query/servicemapping`.
    public func serviceMapping() async throws -> AuditQueryServiceMapping {
        try await mapping(Operation(endpoint: .serviceMapping, method: .get, path: "/servicemapping"))
    }

    /// An answer without the list is an error: taken for an empty one, it would hide every service.
    private func mapping(_ operation: Operation) async throws -> AuditQueryServiceMapping {
        let response = try await send(operation)
        let mapping = try decode(AuditQueryServiceMapping.self, response, of: operation.endpoint)
        guard mapping.services != nil else {
            throw malformed("the answer has no list of services", response, operation.endpoint)
        }
        return mapping
    }
}
