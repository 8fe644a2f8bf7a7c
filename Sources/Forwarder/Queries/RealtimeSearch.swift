import AuditAPI
import AuditCore
import Engine

/// `query`: pages through the realtime endpoint once, and prints what it shows.
///
/// The services and the filters of the configuration belong to `run`; here the question alone counts.
public struct RealtimeSearch: Sendable {
    /// The most audits that one question prints, since their ids are held.
    public static let mostAudits = 1_000_000

    private let question: RealtimeQuestion
    private let session: APISession

    /// - Parameter transport: carries the requests; it stays the caller's to shut down.
    public init(
        _ question: RealtimeQuestion, genesys: GenesysSettings, transport: any HTTPTransport,
        clock: any EngineClock = MonotonicClock()
    ) {
        self.question = question
        session = APISession(genesys, transport: transport, clock: clock)
    }

    /// Prints every audit once. A reader who goes away ends it, and is no error.
    ///
    /// - Parameter note: gets a sentence for people where the set changed while it was paged.
    /// - Returns: how many audits were printed.
    /// - Throws: `Failure`; `CancellationError`.
    @discardableResult
    public func run(to printer: AuditPrinter, note: (String) -> Void) async throws -> Int {
        let mapping = try await session.connect()
        if let service = question.service { try APISession.check(service, in: mapping, endpoint: "realtime") }
        let interval = try question.interval(at: session.serverNow())
        var printed = PrintedIDs()
        do {
            try await readPages(of: interval, &printed, printer, note)
        } catch is ReaderGone {}
        return printed.count
    }

    private func readPages(
        of interval: Interval, _ printed: inout PrintedIDs, _ printer: AuditPrinter, _ note: (String) -> Void
    ) async throws {
        var request = AuditRealtimeQueryRequest(
            interval: PrintedIDs.query(for: interval), serviceName: question.service, filters: question.filters,
            sort: [question.isDescending ? .descending : .ascending], pageSize: question.pageSize)
        var paging = RealtimePaging(pageSize: question.pageSize)
        while let number = paging.next {
            request.pageNumber = number
            let answer = try await page(request)
            try await printer.print(printed.fresh(answer.page.audits, in: interval), of: answer.page)
            guard printed.count <= RealtimeSearch.mostAudits else { throw RealtimeSearch.tooMany }
            paging.received(
                rows: answer.page.audits.count, total: answer.total.flatMap { Int(exactly: $0) }, pageCount: answer.pageCount)
        }
        if let change = paging.change {
            note("the set changed while it was read: \(change); ask again to be sure of every audit")
        }
    }

    private func page(_ request: AuditRealtimeQueryRequest) async throws -> RealtimePage {
        try await session.call {
            do {
                return try await session.client.realtimeQueryPage(request, expand: session.expand)
            } catch let error as AuditAPIError where error.kind == .badRequest && request.serviceName == nil {
                // The one refusal whose remedy is known.
                guard error.description.lowercased().contains("servicename") else { throw error }
                throw Failure(
                    .data, "API '\(session.genesys.endpoints.api)' wants a service named: \(error)",
                    hint: "add --service; 'auditferry services' lists the names")
            }
        }
    }

    private static let tooMany = Failure(
        .data, "the answer has more than \(mostAudits) audits", hint: "ask for a shorter interval, one service, or with --filter")
}
