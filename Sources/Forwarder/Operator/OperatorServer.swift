import AuditCore
import HTTPServing
import HTTPTypes
import HummingbirdCore
import Logging
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix

/// The operator's port: `/healthz`, `/readyz`, `/metrics`, `/status` and a page at `/`, over HTTP/1.1 without encryption.
///
/// It answers GET and HEAD alone, reads no body, and shows neither secrets nor what is in the audits.
struct OperatorServer: Sendable {
    /// What one side of a connection may take.
    private static let mostConnections = 64
    private static let mostHeaderBytes = 16 << 10
    private static let idleTimeout = TimeAmount.seconds(60)

    let settings: HTTPSettings
    let telemetry: Telemetry
    let logger: Logger

    private enum Progress: Sendable {
        case begun, done, ended
    }

    /// Does `work` while the port is served.
    ///
    /// - Throws: `Failure` with code `configuration` where the address cannot be used; then `work` has not begun.
    func serve(_ work: @escaping @Sendable () async throws -> Void) async throws {
        let (begins, begin) = AsyncStream.makeStream(of: Void.self)
        let server = try HTTPServerBuilder.cancellableHTTP1(
            configuration: .init(
                idleTimeout: OperatorServer.idleTimeout,
                httpDecoderConfiguration: .init(
                    maxHeaderFieldSize: OperatorServer.mostHeaderBytes, maxHeaderListSize: OperatorServer.mostHeaderBytes,
                    maxHeaderFieldCount: 100))
        ).buildServer(
            configuration: .init(
                address: .hostname(settings.host, port: settings.port),
                availableConnectionsDelegate: MaximumAvailableConnections(OperatorServer.mostConnections)),
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton, logger: .quiet("operator"),
            responder: { request, writer, _ in try await answer(request, writer) },
            onServerRunning: { _ in begin.yield() })
        let isBound = NIOLockedValueBox(false)
        try await withThrowingTaskGroup(of: Progress.self) { group in
            defer { group.cancelAll() }
            group.addTask {
                defer { begin.finish() }
                do {
                    try await server.run()
                } catch  where !isBound.withLockedValue({ $0 }) && !(error is CancellationError) {
                    throw unusable(error)
                }
                return .ended
            }
            group.addTask {
                for await _ in begins {
                    isBound.withLockedValue { $0 = true }
                    return .begun
                }
                return .ended
            }
            while let progress = try await group.next() {
                switch progress {
                case .begun:
                    logger.info("the operator's port is open", metadata: ["http": "\(settings.address)"])
                    group.addTask {
                        try await work()
                        return .done
                    }
                case .done: return
                case .ended: break
                }
            }
        }
    }

    private func unusable(_ error: any Error) -> Failure {
        Failure(
            .configuration, "http.listen: '\(settings.address)' cannot be used: \(SystemReason.text(error))",
            hint: "name an address of this machine and a free port, or leave 'http' out")
    }

    private func answer(_ request: Request, _ writer: consuming ResponseWriter) async throws {
        let path = (request.head.path ?? "/").prefix { $0 != "?" }
        let reply =
            request.head.method == .get || request.head.method == .head
            ? reply(to: path)
            : OperatorReply(status: .methodNotAllowed, type: .text, body: "only GET and HEAD are answered\n", allows: true)
        var head = reply.head
        // What else the client sends is never read; the connection ends with the answer.
        if request.head.headerFields[.contentLength].map({ $0 != "0" }) ?? false
            || request.head.headerFields[.transferEncoding] != nil
        {
            head.headerFields[.connection] = "close"
        }
        if request.head.method == .head { return try await writer.writeResponse(head) }
        try await writer.write(response: head, body: ResponseBody(byteBuffer: ByteBuffer(string: reply.body)))
    }

    private func reply(to path: Substring) -> OperatorReply {
        switch path {
        case "/healthz":
            let health = StatusDocument.Health(telemetry.view().problems)
            return OperatorReply(
                status: health.healthy ? .ok : .serviceUnavailable, type: .json, body: MachineText.snakeCaseJSON(health) + "\n")
        case "/readyz":
            let health = StatusDocument.Health(telemetry.view().problems)
            return OperatorReply(
                status: health.ready ? .ok : .serviceUnavailable, type: .json, body: MachineText.snakeCaseJSON(health) + "\n")
        case "/metrics": return OperatorReply(status: .ok, type: .metrics, body: telemetry.metrics())
        case "/status":
            return OperatorReply(status: .ok, type: .json, body: MachineText.snakeCaseJSON(telemetry.status()) + "\n")
        case "/": return OperatorReply(status: .ok, type: .page, body: StatusPage.html)
        default: return OperatorReply(status: .notFound, type: .text, body: "nothing is here; see /\n")
        }
    }
}

/// One answer of the operator's port.
struct OperatorReply: Sendable {
    enum ContentType: String, Sendable {
        case json = "application/json"
        case text = "text/plain; charset=utf-8"
        case page = "text/html; charset=utf-8"
        case metrics = "text/plain; version=0.0.4; charset=utf-8"
    }

    let status: HTTPResponse.Status
    let type: ContentType
    let body: String
    /// Names the methods that are answered.
    var allows = false

    var head: HTTPResponse {
        var fields = HTTPFields()
        fields[.contentType] = type.rawValue
        fields[.contentLength] = String(body.utf8.count)
        fields[.cacheControl] = "no-store"
        fields[.contentSecurityPolicy] =
            "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; img-src data:; "
            + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        fields[.xContentTypeOptions] = "nosniff"
        if let policy = HTTPField.Name("Referrer-Policy") { fields[policy] = "no-referrer" }
        if allows, let allow = HTTPField.Name("Allow") { fields[allow] = "GET, HEAD" }
        return HTTPResponse(status: status, headerFields: fields)
    }
}
