import AuditAPI
import AuditCore
import Engine
import Testing

@testable import AuditReader

@Suite struct ReadFailureTests {
    private func failure(_ kind: AuditAPIError.Kind, _ endpoint: Endpoint, _ message: String = "no", _ lane: Lane = .all)
        -> ReadFailure
    {
        ReadFailure(AuditAPIError(kind, message, endpoint: endpoint), lane: lane)
    }

    @Test func `what is too much is asked for in smaller pieces`() {
        #expect(failure(.tooLarge, .realtimeQuery) == .tooMuch("no"))
        #expect(failure(.timeout, .realtimeQuery) == .timedOut("no"))
        #expect(failure(.badRequest, .realtimeQuery) == .pageSize("no"))
    }

    @Test func `a query that wants a service is told from other refusals, and only where none was named`() {
        let message = "serviceName is required"
        #expect(failure(.badRequest, .realtimeQuery, message) == .serviceRequired(message))
        #expect(failure(.badRequest, .realtimeQuery, message, Lane(service: "Architect")) == .pageSize(message))
    }

    @Test func `a query that is gone is asked for again`() {
        #expect(failure(.notFound, .queryStatus) == .queryLost("no"))
        #expect(failure(.notFound, .queryResults) == .queryLost("no"))
        #expect(failure(.badRequest, .queryResults) == .queryLost("no"))
    }

    @Test(arguments: [
        AuditAPIError.Kind.connection, .malformed, .server(status: 503), .unexpected(status: 418), .downloadRefused(status: 403),
        .bound,
        .queryNotDone(state: .failed),
    ])
    func `trouble is waited for`(kind: AuditAPIError.Kind) {
        #expect(failure(kind, .realtimeQuery) == .transient("no", delay: nil))
    }

    @Test func `a rate limit hands on the wait`() {
        #expect(failure(.rateLimited(wait: .seconds(7)), .realtimeQuery) == .transient("no", delay: .seconds(7)))
    }

    @Test(arguments: [AuditAPIError.Kind.unauthorized, .forbidden, .credentialsRefused])
    func `a refusal needs an operator`(kind: AuditAPIError.Kind) {
        #expect(failure(kind, .realtimeQuery) == .refused("no"))
    }
}
