import AuditAPI
import AuditCore
import AuditReader
import Engine

/// `backfill`: reads a past interval from the asynchronous endpoint, and prints it.
///
/// Holds one page at a time, and the ids of at most one day. What may pass is tried again; a query that is lost is asked again, and
/// one that is lost twice is halved by time, so that a smaller one may come through. Each audit is printed once.
public struct AsynchronousBackfill: Sendable {
    /// How long a query may take before it is taken for lost.
    static let longestWait = Duration.seconds(900)
    /// Failures in a row that end the backfill.
    static let mostFailures = 8
    /// How often a query is asked again before it is halved.
    private static let mostLosses = 2

    private let interval: Interval
    private let service: String?
    private let session: APISession
    private let clock: any EngineClock
    private let board: BackfillBoard

    /// - Parameters:
    ///   - interval: half-open; widened to whole seconds.
    ///   - service: `nil` for the services of the configuration.
    ///   - transport: carries the requests; it stays the caller's to shut down.
    ///   - board: told where the backfill stands.
    public init(
        _ interval: Interval, service: String?, genesys: GenesysSettings, transport: any HTTPTransport,
        clock: any EngineClock = MonotonicClock(), board: BackfillBoard = BackfillBoard()
    ) {
        self.interval = interval
        self.service = service
        self.clock = clock
        self.board = board
        session = APISession(genesys, transport: transport, clock: clock)
    }

    /// Prints everything. A reader who goes away ends it, and is no error.
    ///
    /// - Throws: `Failure`, with code `unreachable` when it gave up trying; `CancellationError`. The board then says from where
    ///   another backfill can go on.
    public func run(to printer: AuditPrinter) async throws {
        let realtime = try await session.connect()
        let now = try session.serverNow()
        guard interval.end <= now else {
            throw Failure(
                .usage,
                "the interval ends at '\(interval.end)', which is in the future: the server's time is '\(now.wholeSecond)'",
                hint: "give --to an instant of the past; 'auditferry run' delivers what is to come")
        }
        var plan = BackfillPlan(interval, lanes: try await lanes(realtime))
        board.update {
            $0.interval = plan.whole
            $0.coveredUntil = plan.coveredUntil
        }
        do {
            var printed = PrintedIDs()
            while let window = plan.window {
                if try await read(window, &plan, &printed, printer), plan.windowDone() { printed = PrintedIDs() }
                board.update { $0.coveredUntil = plan.coveredUntil }
            }
        } catch is ReaderGone {}
    }

    /// One for all services, unless some are to be left out.
    private func lanes(_ realtime: AuditQueryServiceMapping) async throws -> [Lane] {
        let excluded = Set(session.genesys.selection.excludedServices)
        if let service {
            if !realtime.serviceNames.contains(service) {
                try APISession.check(service, in: try await mapping(), endpoint: "asynchronous")
            }
            return [Lane(service: service)]
        }
        switch session.genesys.selection.services {
        case .only(let services): return services.filter { !excluded.contains($0) }.map { Lane(service: $0) }
        case .all where excluded.isEmpty: return [.all]
        case .all: return try await mapping().serviceNames.filter { !excluded.contains($0) }.map { Lane(service: $0) }
        }
    }

    private func mapping() async throws -> AuditQueryServiceMapping {
        try await session.call { try await session.client.serviceMapping() }
    }

    /// Reads one window, as often as that takes.
    /// - Returns: whether it was read; it was halved otherwise.
    private func read(
        _ window: (lane: Lane, interval: Interval), _ plan: inout BackfillPlan, _ printed: inout PrintedIDs,
        _ printer: AuditPrinter
    ) async throws -> Bool {
        var losses = 0
        while true {
            do {
                try await readQuery(window, &printed, printer)
                return true
            } catch let lost as LostQuery {
                losses += 1
                if lost.isTooMuch || losses >= AsynchronousBackfill.mostLosses, plan.halve() { return false }
                guard !lost.isTooMuch, losses < AsynchronousBackfill.mostFailures else { throw gaveUp(window, lost.reason) }
            }
        }
    }

    /// Asks one query and prints its pages.
    private func readQuery(
        _ window: (lane: Lane, interval: Interval), _ printed: inout PrintedIDs, _ printer: AuditPrinter
    ) async throws {
        var position = ReadRequest.Position.asynchronous(nil)
        var patience = Patience(mostFailures: AsynchronousBackfill.mostFailures)
        let deadline = clock.now() + AsynchronousBackfill.longestWait
        for _ in 0..<AuditAPIClient.mostPages {
            let request = ReadRequest(
                lane: window.lane, interval: PrintedIDs.query(for: window.interval), position: position)
            let reading: PageReading
            do throws(ReadFailure) {
                reading = try await session.reader.read(request)
            } catch {
                try await recover(from: error, &patience, window)
                continue
            }
            patience.succeeded()
            try await print(reading.page, of: window, &printed, printer)
            guard case .continued(let rest?) = reading.rest else { return }
            position = .asynchronous(rest)
            if rest.cursor == nil, clock.now() > deadline {
                throw LostQuery(reason: "the query was not done after \(AsynchronousBackfill.longestWait.text)")
            }
        }
        throw LostQuery(reason: "the query has more than \(AuditAPIClient.mostPages) pages", isTooMuch: true)
    }

    private func print(
        _ page: AuditPage, of window: (lane: Lane, interval: Interval), _ printed: inout PrintedIDs, _ printer: AuditPrinter
    ) async throws {
        let interval = window.interval
        let isWhole = window.lane.service == service
        let fresh = printed.fresh(page.audits, in: interval)
        try await printer.print(fresh, of: page)
        board.update {
            $0.printed += fresh.count
            $0.trouble = nil
            // With several lanes the first one is ahead of the others.
            if isWhole, let last = page.audits.last?.instant, interval.contains(last) {
                $0.reached = max(last, $0.reached ?? last)
            }
        }
    }

    /// Waits where the same step can be tried again.
    private func recover(
        from failure: ReadFailure, _ patience: inout Patience, _ window: (lane: Lane, interval: Interval)
    ) async throws {
        switch failure {
        case .cancelled: throw CancellationError()
        case .refused(let reason):
            throw Failure(
                .refused, "API '\(session.genesys.endpoints.api)' refused the client: \(reason)",
                hint: "check the client's secret and its permission 'audits:audit:view'" + goOn)
        case .queryLost(let reason): throw LostQuery(reason: reason)
        case .tooMuch(let reason): throw LostQuery(reason: reason, isTooMuch: true)
        case .timedOut(let reason), .pageSize(let reason), .serviceRequired(let reason):
            try await pause(&patience, nil, reason, window)
        case .transient(let reason, let delay): try await pause(&patience, delay, reason, window)
        }
    }

    private func pause(
        _ patience: inout Patience, _ asked: Duration?, _ reason: String, _ window: (lane: Lane, interval: Interval)
    ) async throws {
        guard let pause = patience.failed(asked: asked) else { throw gaveUp(window, reason) }
        board.update { $0.trouble = reason }
        try await clock.sleep(until: clock.now() + pause)
    }

    private func gaveUp(_ window: (lane: Lane, interval: Interval), _ reason: String) -> Failure {
        Failure(
            .unreachable, "window '\(window.interval)' of '\(window.lane)' could not be read: \(reason)",
            hint: "try again later" + goOn)
    }

    private var goOn: String {
        board.current.coveredUntil.map { "; everything before \($0) was printed, so --from \($0) goes on" } ?? ""
    }
}

/// A query that will not come to its end: it has to be asked again.
private struct LostQuery: Error {
    let reason: String
    var isTooMuch = false
}
