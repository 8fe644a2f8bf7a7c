import AuditAPI
import AuditCore
import Engine
import Formats
import OffsetStore
import Outputs

/// The stages of the path of an audit, each by itself: read, cut, deduplicate, encode, deliver, commit.
enum Stages {
    private static let pageSize = 500

    static func run(_ organization: Organization) async throws {
        Row.head("stage")
        let transport = Recorder(AsyncHTTPTransport())
        let bodies = try await read(organization, transport)
        let pages = try await cut(bodies)
        let count = pages.reduce(0) { $0 + $1.audits.count }
        let bytes = bodies.reduce(0) { $0 + $1.count }
        let ids = pages.map { $0.audits.compactMap(\.id) }
        await measured("deduplicate", audits: count, bytes: bytes) {
            var deduplicator = Deduplicator()
            for ids in ids {
                for id in ids where !deduplicator.insert(id) { continue }
                deduplicator.commit(AcknowledgedBatch(first: .distantPast, last: .distantPast, ids: ids))
                deduplicator.keep([])
            }
        }
        await measured("encode json", audits: count, bytes: bytes) {
            for page in pages {
                var buffer: [UInt8] = []
                buffer.reserveCapacity(page.bytes.count)
                for audit in page.audits {
                    Format.json.append(audit, of: page, to: &buffer)
                    buffer.append(UInt8(ascii: "\n"))
                }
            }
        }
        let message = SyslogMessage(settings: SyslogMessageSettings(), format: .json, keepsLineEnds: true)
        await measured("encode syslog", audits: count, bytes: bytes) {
            for page in pages {
                var buffer: [UInt8] = []
                buffer.reserveCapacity(page.bytes.count * 2)
                for audit in page.audits { message.append(audit, of: page, to: &buffer) }
            }
        }
        try await deliver(pages, count, bytes)
        try await commit(ids, count, bytes)
    }

    /// Every page of the hour, in windows of a minute. Only the exchange is counted, not what becomes of it.
    private static func read(_ organization: Organization, _ recorder: Recorder) async throws -> [[UInt8]] {
        let client = AuditAPIClient(
            endpoints: try Endpoints(api: organization.url),
            credentials: Credentials(clientID: "simulator", secret: Secret("simulator")),
            transport: recorder)
        try await client.authenticate()
        var count = 0
        guard let end = await recorder.serverDate else { throw BenchmarkError("the simulator does not tell its time") }
        for minute in stride(from: 70, to: 0, by: -1) {
            let start = end - .seconds(minute * 60 - 1)
            var number = 1
            while true {
                let answer = try await client.realtimeQueryPage(
                    AuditRealtimeQueryRequest(
                        interval: Interval(start, start + .seconds(60)), sort: [.ascending], pageNumber: number,
                        pageSize: pageSize),
                    expand: [.user])
                count += answer.page.audits.count
                guard number < answer.pageCount ?? 0 else { break }
                number += 1
            }
        }
        try await recorder.measureReading(audits: count)
        return await recorder.bodies
    }

    private static func cut(_ bodies: [[UInt8]]) async throws -> [AuditPage] {
        let pages = try await replay(bodies)
        let count = pages.reduce(0) { $0 + $1.audits.count }
        try await measured("cut", audits: count, bytes: bodies.reduce(0) { $0 + $1.count }) { _ = try await replay(bodies) }
        return pages
    }

    private static func replay(_ bodies: [[UInt8]]) async throws -> [AuditPage] {
        let client = AuditAPIClient(
            endpoints: try Endpoints(api: "http://127.0.0.1"), credentials: Credentials(clientID: "none", secret: Secret("none")),
            transport: Replay(bodies))
        let request = AuditRealtimeQueryRequest(interval: Interval(.distantPast, .distantFuture))
        var pages: [AuditPage] = []
        _ = try await client.authenticate()
        for _ in bodies { pages.append(try await client.realtimeQueryPage(request).page) }
        return pages
    }

    private static func deliver(_ pages: [AuditPage], _ count: Int, _ bytes: Int) async throws {
        let collector = try Collector()
        let output = StreamOutput(tcp: TCPSettings(host: "127.0.0.1", port: collector.port), format: .json)
        try await measured("encode, deliver to tcp (*)", audits: count, bytes: bytes) {
            for (index, page) in pages.enumerated() {
                await output.deliver(Batch(sequence: index + 1, page: page, audits: page.audits)) { _ in }
            }
            await output.drain()
            let arrived = collector.count(expected: count)
            guard arrived == count else { throw BenchmarkError("\(arrived) lines of \(count) arrived") }
        }
        await output.close()
    }

    private static func commit(_ ids: [[AuditID]], _ count: Int, _ bytes: Int) async throws {
        let scratch = Scratch()
        defer { scratch.remove() }
        let store = try OffsetStore(path: scratch.offsets)
        var begin = LedgerChange(output: "benchmark")
        begin.start = .distantPast
        try await store.commit(begin)
        try await measured("commit", audits: count, bytes: bytes) {
            for ids in ids where !ids.isEmpty {
                var change = LedgerChange(output: "benchmark")
                change.acknowledged = [AcknowledgedBatch(first: .distantPast, last: .distantPast, ids: ids)]
                try await store.commit(change)
            }
        }
        await store.close()
        print("(*) with the collector's own reading, in this process")
    }
}

/// A transport that keeps what it carried, and can carry it again.
private actor Recorder: HTTPTransport {
    private let base: AsyncHTTPTransport
    private var requests: [APIRequest] = []
    private(set) var bodies: [[UInt8]] = []
    private(set) var serverDate: Instant?

    init(_ base: AsyncHTTPTransport) { self.base = base }

    func execute(_ request: APIRequest) async throws -> APIResponse {
        let response = try await base.execute(request)
        serverDate = response.serverDate ?? serverDate
        if request.endpoint == .realtimeQuery {
            requests.append(request)
            bodies.append(response.body)
        }
        return response
    }

    func stream(_ request: APIRequest) async throws -> APIStream { try await base.stream(request) }

    func measureReading(audits: Int) async throws {
        let requests = requests
        let base = base
        await measured("read over HTTP", audits: audits, bytes: bodies.reduce(0) { $0 + $1.count }) {
            for request in requests { _ = try? await base.execute(request) }
        }
        try await base.shutdown()
    }
}

/// A transport that answers from memory.
private actor Replay: HTTPTransport {
    private var bodies: ArraySlice<[UInt8]>

    init(_ bodies: [[UInt8]]) { self.bodies = bodies[...] }

    func execute(_ request: APIRequest) async throws -> APIResponse {
        if request.endpoint == .token {
            let token = #"{"access_token":"none","token_type":"bearer","expires_in":86399}"#
            return APIResponse(status: 200, body: Array(token.utf8))
        }
        return APIResponse(status: 200, body: bodies.popFirst() ?? [])
    }

    func stream(_ request: APIRequest) async throws -> APIStream {
        APIStream(response: try await execute(request), chunks: NoChunks())
    }
}
