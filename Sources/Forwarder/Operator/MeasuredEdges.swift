import AuditAPI
import AuditCore
import Engine
import Formats

/// Counts and times every request.
struct MeasuredTransport: HTTPTransport {
    let base: any HTTPTransport
    let telemetry: Telemetry

    func execute(_ request: APIRequest) async throws -> APIResponse {
        try await measured(request.endpoint, { try await base.execute(request) }, { $0.metadata })
    }

    func stream(_ request: APIRequest) async throws -> APIStream {
        try await measured(request.endpoint, { try await base.stream(request) }, { $0.response.metadata })
    }

    private func measured<Value>(
        _ endpoint: Endpoint, _ work: () async throws -> Value, _ metadata: (Value) -> ResponseMetadata
    ) async throws -> Value {
        let start = telemetry.now()
        do {
            let value = try await work()
            answered(endpoint, metadata(value), since: start)
            return value
        } catch {
            let status = MeasuredTransport.status(of: error)
            telemetry.note { _, figures, now in figures.requested(endpoint, status: status, took: now - start) }
            throw error
        }
    }

    private func answered(_ endpoint: Endpoint, _ answer: ResponseMetadata, since start: Duration) {
        let wall = telemetry.wallNow()
        telemetry.note { _, figures, now in
            figures.requested(endpoint, status: "\(answer.status)", took: now - start)
            guard endpoint != .download else { return }
            if endpoint == .realtimeQuery, (200..<300).contains(answer.status) { figures.lastPoll = wall }
            if let limit = answer.rateLimit, let allowed = limit.allowed, let count = limit.count {
                figures.allowanceLeft = max(0, allowed - count)
            }
            if let skew = answer.clockSkew(at: wall - (now - start) / 2) { figures.clockSkew = skew }
        }
    }

    private static func status(of error: any Error) -> String {
        guard let error = error as? AuditAPIError else { return error is CancellationError ? "cancelled" : "error" }
        return switch error.kind {
        case .connection: "connection"
        case .timeout: "timeout"
        case .malformed: "malformed"
        case .cancelled: "cancelled"
        default: "error"
        }
    }
}

/// Counts the audits of the pages that the API gives, by their service. Stands before the reads are shared.
struct CountedSource: AuditSource {
    let base: any AuditSource
    let telemetry: Telemetry

    func lanes() async throws(ReadFailure) -> [Lane] { try await base.lanes() }
    func serverNow() -> Instant? { base.serverNow() }

    func read(_ request: ReadRequest) async throws(ReadFailure) -> PageReading {
        let reading = try await base.read(request)
        if !reading.page.audits.isEmpty {
            let counts = ServiceCounts.of(reading.page)
            telemetry.note { _, figures, _ in figures.received(counts) }
        }
        return reading
    }
}

/// Sees that one output's tail reads.
struct WatchedSource: AuditSource {
    let base: any AuditSource
    let output: String
    let telemetry: Telemetry

    func lanes() async throws(ReadFailure) -> [Lane] { try await base.lanes() }
    func serverNow() -> Instant? { base.serverNow() }

    func read(_ request: ReadRequest) async throws(ReadFailure) -> PageReading {
        let reading = try await base.read(request)
        telemetry.note { health, _, now in health.readSucceeded(output, at: now) }
        return reading
    }
}

/// Times the commits.
struct MeasuredStore: Store {
    let base: any Store
    let telemetry: Telemetry

    func ledger(of output: String) async throws -> Ledger? { try await base.ledger(of: output) }

    func acknowledged(by output: String, in interval: Interval) async throws -> [AcknowledgedBatch] {
        try await base.acknowledged(by: output, in: interval)
    }

    func commit(_ change: LedgerChange) async throws {
        let start = telemetry.now()
        let output = change.output
        telemetry.note { health, _, now in health.commitBegan(output, at: now) }
        do {
            try await base.commit(change)
        } catch {
            telemetry.note { health, figures, now in
                health.commitEnded(output, failure: "\(error)", at: now)
                figures.failedCommits += 1
            }
            throw error
        }
        telemetry.note { health, figures, now in
            health.commitEnded(output, failure: nil, at: now)
            figures.commitSeconds.note(now - start)
        }
    }
}

/// Sees what an output takes and answers.
struct MeasuredOutput: Output {
    let base: any Output
    let name: String
    let telemetry: Telemetry

    var guarantee: Guarantee { base.guarantee }
    var window: Int { base.window }

    func deliver(_ batch: Batch, answer: @escaping @Sendable (Answer) -> Void) async {
        let (name, telemetry) = (name, telemetry)
        telemetry.note { health, _, now in health.handedIn(name, at: now) }
        await base.deliver(batch) { reply in
            telemetry.note { health, figures, now in
                health.answered(name, at: now)
                if case .refusedForNow = reply { figures.deliveries[name]?.retries += 1 }
            }
            answer(reply)
        }
    }

    func reopen() async { await base.reopen() }
    func drain() async { await base.drain() }
    func close() async { await base.close() }
}

/// Counts what is set apart.
struct CountedDeadLetters: DeadLetters {
    let base: any DeadLetters
    let output: String
    let telemetry: Telemetry

    func keep(_ audits: [RawAudit], of page: AuditPage, reason: String) async throws {
        try await base.keep(audits, of: page, reason: reason)
        let rejection: RunFigures.Rejection = audits.first?.id == nil ? .noID : .refused
        telemetry.note { _, figures, _ in figures.deliveries[output]?.rejected[rejection, default: 0] += audits.count }
    }
}
