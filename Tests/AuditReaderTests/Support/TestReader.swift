import AuditAPI
import AuditReader
import Engine
import Logging

extension AuditReader {
    static func test(_ transport: StubTransport, clock: any EngineClock, logger: Logger? = nil) -> AuditReader {
        AuditReader(
            endpoints: Endpoints(region: Region("eu-west-1")!),
            credentials: Credentials(clientID: "client", secret: Secret("secret")), settings: ReaderSettings(),
            transport: transport, clock: clock, logger: logger)
    }
}

extension APIResponse {
    /// A good answer of the endpoint, with nothing in it.
    static func empty(_ endpoint: Endpoint, headers: HeaderFields = [:]) -> APIResponse {
        let body =
            switch endpoint {
            case .token: #"{"access_token":"t","token_type":"bearer","expires_in":86399}"#
            case .createQuery: #"{"id":"q","state":"Queued"}"#
            case .realtimeServiceMapping: #"{"services":[]}"#
            default: #"{"entities":[],"pageNumber":1,"pageSize":100,"total":0,"pageCount":0}"#
            }
        return APIResponse(status: 200, headers: headers, body: Array(body.utf8))
    }
}
