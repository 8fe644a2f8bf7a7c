import AsyncHTTPClient
import AuditCore
import NIOCore
import NIOHTTP1
import Testing

@testable import Simulator

@Suite(.timeLimit(.minutes(5))) struct ServerTests {
    /// Runs a simulator on a free port while `body` asks it.
    private func serve(
        _ faults: String = "", _ body: @escaping @Sendable (_ address: String, Simulator) async throws -> Void
    ) async throws {
        var configuration = SimulatorConfiguration()
        configuration.historyEvents = 300
        configuration.faults = try FaultPlan(names: faults)
        let simulator = try Simulator(configuration)
        let (ports, continuation) = AsyncStream.makeStream(of: Int.self)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await simulator.run { continuation.yield($0) } }
            defer { group.cancelAll() }
            var iterator = ports.makeAsyncIterator()
            let port = try #require(await iterator.next())
            try await body("http://127.0.0.1:\(port)", simulator)
        }
    }

    private func mapping(_ address: String, _ simulator: Simulator) async throws -> (HTTPClientResponse, ByteBuffer) {
        var request = HTTPClientRequest(url: address + "/api/v2/audits/query/servicemapping")
        request.headers.add(name: "Authorization", value: "Bearer \(try Bench.token(simulator))")
        let response = try await HTTPClient.shared.execute(request, timeout: .minutes(5))
        return (response, try await response.body.collect(upTo: 1 << 20))
    }

    @Test func `it serves on a free port until it is cancelled`() async throws {
        try await serve { address, simulator in
            var request = HTTPClientRequest(url: address + "/oauth/token")
            request.method = .POST
            request.headers.add(name: "Content-Type", value: "application/x-www-form-urlencoded")
            request.body = .bytes(ByteBuffer(string: "grant_type=client_credentials&client_id=simulator&client_secret=simulator"))
            let token = try await HTTPClient.shared.execute(request, timeout: .minutes(5))
            #expect(token.status == .ok)
            let (response, body) = try await mapping(address, simulator)
            #expect(response.status == .ok)
            #expect(response.headers["Date"].count == 1)
            #expect(response.headers["inin-correlation-id"].count == 1)
            #expect(try Bench.decode(Page.self, Array(body.readableBytesView)).services?.isEmpty == false)
        }
    }

    @Test func `a POST over the network is read to its end`() async throws {
        try await serve { address, simulator in
            let now = Instant.system
            var request = HTTPClientRequest(url: address + "/api/v2/audits/query/realtime?expand=user")
            request.method = .POST
            request.headers.add(name: "Content-Type", value: "application/json; charset=utf-8")
            request.headers.add(name: "Authorization", value: "bearer \(try Bench.token(simulator))")
            let interval = "\((now - .seconds(4000)).text)/\((now + .seconds(60)).text)"
            request.body = .bytes(ByteBuffer(string: #"{"interval":"\#(interval)","pageSize":500}"#))
            let response = try await HTTPClient.shared.execute(request, timeout: .minutes(5))
            let page = try Bench.decode(Page.self, Array(try await response.body.collect(upTo: 1 << 22).readableBytesView))
            #expect(response.status == .ok)
            #expect(page.total ?? 0 > 200)
            request.body = .bytes(ByteBuffer(repeating: UInt8(ascii: " "), count: Exchange.mostBodyBytes + 1))
            let tooLarge = try await HTTPClient.shared.execute(request, timeout: .minutes(5))
            #expect(tooLarge.status == .payloadTooLarge)
        }
    }

    @Test(arguments: ["truncate every=1", "reset every=1"])
    func `an answer that ends in the middle fails its reader`(fault: String) async throws {
        try await serve(fault) { address, simulator in
            await #expect(throws: (any Error).self) { try await mapping(address, simulator) }
        }
    }

    @Test func `a malformed answer is as long as it says and is no JSON`() async throws {
        try await serve("malformed every=1") { address, simulator in
            let (response, body) = try await mapping(address, simulator)
            #expect(response.headers["Content-Length"] == [String(body.readableBytes)])
            #expect(throws: (any Error).self) { try Bench.decode(Page.self, Array(body.readableBytesView)) }
        }
    }

    @Test func `a port that is taken is an error`() async throws {
        try await serve { address, _ in
            var configuration = SimulatorConfiguration()
            configuration.port = Int(address.split(separator: ":").last ?? "") ?? 0
            let second = try Simulator(configuration)
            await #expect(throws: (any Error).self) { try await second.run() }
        }
    }
}
