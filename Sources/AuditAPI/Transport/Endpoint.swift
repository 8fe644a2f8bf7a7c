/// What a request is for: the seven operations of the AuditApi, the token, and the download of large results.
///
/// The raw value is short and stable, so that it can label a metric.
public enum Endpoint: String, Sendable, Hashable, CaseIterable {
    /// `GET /api/v2/audits/query/realtime/servicemapping`
    case realtimeServiceMapping = "realtime_service_mapping"
    /// `GET /api/v2/audits/query/servicemapping`
    case serviceMapping = "service_mapping"
    /// `POST /api/v2/audits/query`
    case createQuery = "create_query"
    /// `GET /api/v2/audits/query/{transactionId}`
    case queryStatus = "query_status"
    /// `GET /api/v2/audits/query/{transactionId}/results`
    case queryResults = "query_results"
    /// `POST /api/v2/audits/query/realtime`
    case realtimeQuery = "realtime_query"
    /// `POST /api/v2/audits/query/realtime/related`
    case realtimeRelated = "realtime_related"
    /// `POST /oauth/token` of the login host.
    case token
    /// A presigned file of large results, at a host of its own. It never gets the bearer token.
    case download
}
