import AuditAPI
import AuditCore
import Engine
import EngineTesting
import NIOConcurrencyHelpers
import Testing

@testable import AuditReader

/// The steps of an asynchronous query.
struct AsynchronousReadingTests {
    private static let query = Continuation(transactionID: "q", cursor: nil)

    @Test func `a query that is done is not looked at again where its results cannot be had`() async throws {
        let isDown = NIOLockedValueBox(true)
        let transport = StubTransport { request in
            switch request.endpoint {
            case .queryStatus: .state("Succeeded")
            case .queryResults where isDown.withLockedValue { $0 }: APIResponse(status: 503)
            default: .empty(request.endpoint)
            }
        }
        let reader = AuditReader.test(transport, clock: VirtualClock())
        let done = try await reader.read(.goOn(Self.query)).rest
        #expect(done == .continued(Self.query.done))
        await #expect(throws: ReadFailure.self) { try await reader.read(.goOn(Self.query.done)) }
        isDown.withLockedValue { $0 = false }
        #expect(try await reader.read(.goOn(Self.query.done)).rest == .continued(nil))
        #expect(transport.requests.map(\.endpoint).filter { $0 != .token } == [.queryStatus, .queryResults, .queryResults])
    }

    @Test(arguments: [(100, 4), (25, 6)])
    func `a first page that is refused is asked for in smaller sizes at once`(most: Int, requests: Int) async throws {
        let transport = StubTransport { request in
            guard request.endpoint == .queryResults else { return .empty(request.endpoint) }
            return request.pageSize <= most ? .empty(.queryResults) : APIResponse(status: 400)
        }
        let reader = AuditReader.test(transport, clock: VirtualClock())
        #expect(try await reader.read(.goOn(Self.query.done)).rest == .continued(nil))
        #expect(transport.requests.count { $0.endpoint == .queryResults } == requests)
    }

    @Test func `a refusal that no size helps is the query's end`() async throws {
        let transport = StubTransport { request in
            request.endpoint == .queryResults ? APIResponse(status: 400) : .empty(request.endpoint)
        }
        let reader = AuditReader.test(transport, clock: VirtualClock())
        await #expect(throws: ReadFailure.self) { try await reader.read(.goOn(Self.query.done)) }
        #expect(transport.requests.count { $0.endpoint == .queryResults } == 6)
    }
}

extension ReadRequest {
    fileprivate static func goOn(_ continuation: Continuation) -> ReadRequest {
        let end = Instant(seconds: 1_800_000_000)
        return ReadRequest(lane: .all, interval: Interval(end - .seconds(60), end), position: .asynchronous(continuation))
    }
}

extension APIResponse {
    fileprivate static func state(_ state: String) -> APIResponse {
        APIResponse(status: 200, body: Array(#"{"id":"q","state":"\#(state)"}"#.utf8))
    }
}

extension APIRequest {
    fileprivate var pageSize: Int {
        url.split(separator: "?").last?.split(separator: "&").first { $0.hasPrefix("pageSize=") }.flatMap { Int($0.dropFirst(9)) }
            ?? 0
    }
}
