import AuditCore
import FoundationEssentials
import NIOConcurrencyHelpers
import Testing

@testable import Simulator

/// A clock that stands until it is moved.
final class StandingClock: Sendable {
    private let instant: NIOLockedValueBox<Instant>

    init(_ instant: Instant = Instant(seconds: 1_772_439_300)) { self.instant = NIOLockedValueBox(instant) }

    var now: Instant { instant.withLockedValue { $0 } }
    func move(_ duration: Duration) { instant.withLockedValue { $0 = $0 + duration } }
}

/// What the tests look at in an answer.
struct Page: Decodable {
    struct Reference: Decodable, Equatable {
        var id: String?
        var name: String?
    }

    struct Entity: Decodable, Equatable {
        var id: String?
        var eventDate: String?
        var eventTime: String?
        var serviceName: String?
        var status: String?
        var level: String?
        var action: String?
        var entityType: String?
        var user: Reference?
        var username: Reference?
        var client: Reference?
        var entity: Reference?
        var context: [String: String]?
    }

    struct Service: Decodable {
        var name: String
    }

    var entities: [Entity]?
    var total: Int?
    var pageSize: Int?
    var pageNumber: Int?
    var pageCount: Int?
    var id: String?
    var state: String?
    var interval: String?
    var cursor: String?
    var downloadUrl: String?
    var code: String?
    var message: String?
    var contextId: String?
    var services: [Service]?
    var accessToken: String?
    var tokenType: String?
    var expiresIn: Int?
    var error: String?
}

extension Page {
    var ids: [String] { entities?.compactMap(\.id) ?? [] }
}

/// A simulator with a standing clock, asked without a network.
struct Bench {
    let clock = StandingClock()
    let simulator: Simulator
    private let token: String

    init(_ configure: (inout SimulatorConfiguration) throws -> Void = { _ in }) throws {
        var configuration = SimulatorConfiguration()
        configuration.historyEvents = 300
        configuration.asynchronousDelay = .zero
        configuration.now = { [clock] in clock.now }
        try configure(&configuration)
        simulator = try Simulator(configuration)
        token = try Bench.token(simulator)
    }

    static func token(_ simulator: Simulator) throws -> String {
        var exchange = Exchange(method: "POST", path: "/oauth/token")
        exchange.body = Array("grant_type=client_credentials&client_id=simulator&client_secret=simulator".utf8)
        let page = try decode(Page.self, simulator.service.reply(to: exchange).answer.body)
        return try #require(page.accessToken)
    }

    static func decode<Value: Decodable>(_ type: Value.Type, _ bytes: [UInt8]) throws -> Value {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(type, from: Data(bytes))
    }

    func reply(_ method: String, _ target: String, _ body: String = "") -> Reply {
        let parts = target.split(separator: "?", maxSplits: 1)
        var exchange = Exchange(method: method, path: String(parts[0]))
        if parts.count == 2 { exchange.query = TokenRequest.query(parts[1]) }
        exchange.authority = "simulator.test"
        exchange.authorization = "Bearer \(token)"
        exchange.contentType = "application/json"
        exchange.body = Array(body.utf8)
        return simulator.service.reply(to: exchange)
    }

    func get(_ target: String) throws -> (status: Int, page: Page) {
        let answer = reply("GET", "/api/v2/audits/query" + target).answer
        return (answer.status, try Bench.decode(Page.self, answer.body))
    }

    func post(_ target: String, _ body: String) throws -> (status: Int, page: Page) {
        let answer = reply("POST", "/api/v2/audits/query" + target, body).answer
        return (answer.status, try Bench.decode(Page.self, answer.body))
    }

    /// Everything from two days back to a minute from now.
    var interval: String { "\((clock.now - .seconds(172_800)).text)/\((clock.now + .seconds(60)).text)" }

    /// A realtime query over all that there is; `more` are further members.
    func realtime(_ more: String = "", expand: Bool = false) throws -> (status: Int, page: Page) {
        try post("/realtime" + (expand ? "?expand=user" : ""), #"{"interval":"\#(interval)"\#(more)}"#)
    }

    /// Every page of a realtime query.
    func realtimePages(size: Int, order: String = "ascending") throws -> [Page] {
        var pages: [Page] = []
        repeat {
            let more =
                #","pageSize":\#(size),"pageNumber":\#(pages.count + 1),"sort":[{"name":"Timestamp","sortOrder":"\#(order)"}]"#
            pages.append(try realtime(more).page)
        } while pages.count < pages[pages.count - 1].pageCount ?? 0
        return pages
    }

    /// Every page of an asynchronous query.
    func asynchronousPages(size: Int, expand: Bool = false) throws -> [Page] {
        let id = try #require(try post("", #"{"interval":"\#(interval)"}"#).page.id)
        var pages: [Page] = []
        repeat {
            let cursor = pages.last?.cursor.map { "&cursor=\($0)" } ?? ""
            pages.append(try get("/\(id)/results?pageSize=\(size)\(cursor)\(expand ? "&expand=user" : "")").page)
        } while pages.last?.cursor != nil
        return pages
    }

    /// The ids that are true of realtime.
    var realtimeTruth: Set<String> { Set(simulator.truth().filter { $0.realtime != nil }.map(\.id.description)) }
    var truth: Set<String> { Set(simulator.truth().map(\.id.description)) }
}

extension Bench {
    init(faults: String, _ configure: (inout SimulatorConfiguration) throws -> Void = { _ in }) throws {
        try self.init { configuration in
            configuration.faults = try FaultPlan(names: faults)
            try configure(&configuration)
        }
    }
}
