import AuditCore
import Engine
import NIOConcurrencyHelpers
import OffsetStore

/// Looks every audit up in the ledgers of outputs, and delivers none: an output, and the dead letters beside it.
final class LedgerComparison: Output, DeadLetters {
    /// How far before and after its audits the ids of a batch may lie: instants of the two endpoints differ by their fraction of a second.
    private static let margin = Duration.seconds(60)

    let guarantee = Guarantee.application
    let window = 1
    private let store: OffsetStore
    /// What is read: time is covered where it is in these.
    private let lanes: [Lane]
    private let outputs: NIOLockedValueBox<[VerificationReport.Output]>

    init(of names: [String], in store: OffsetStore, lanes: [Lane]) {
        self.store = store
        self.lanes = lanes
        outputs = NIOLockedValueBox(names.map { VerificationReport.Output(name: $0) })
    }

    var result: [VerificationReport.Output] { outputs.withLockedValue { $0 } }

    func deliver(_ batch: Batch, answer: @escaping @Sendable (Answer) -> Void) async {
        do {
            try await compare(batch.audits, of: batch.page)
            answer(.acknowledged)
        } catch {
            answer(.refusedForNow(Refusal("the offset file cannot be read: \(error)")))
        }
    }

    func close() async {}

    func keep(_ audits: [RawAudit], of page: AuditPage, reason: String) async throws { try await compare(audits, of: page) }

    /// Looks again for what was lacking: a run may have delivered it meanwhile.
    func compareAgain() async throws {
        for name in result.map(\.name) {
            var found: Set<String> = []
            for lacking in result.first(where: { $0.name == name })?.lacking ?? [] {
                guard let instant = lacking.instant else { continue }
                let span = Interval(instant, instant + .milliseconds(1))
                if try await ids(name, span).contains(AuditID(lacking.id)) { found.insert(lacking.id) }
            }
            change(name) { output in
                output.lacking.removeAll { found.contains($0.id) }
                output.lackingCount -= found.count
            }
        }
    }

    private func compare(_ audits: [RawAudit], of page: AuditPage) async throws {
        let instants = audits.compactMap(\.instant)
        let span = instants.min().map { Interval($0, (instants.max() ?? $0) + .milliseconds(1)) }
        for name in result.map(\.name) {
            guard let ledger = try await store.ledger(of: name) else { continue }
            let known = if let span { try await ids(name, span) } else { Set<AuditID>() }
            var tally = VerificationReport.Output(name: name)
            for audit in audits { look(audit, page, known, ledger, &tally) }
            change(name) { $0.add(tally) }
        }
    }

    private func look(
        _ audit: RawAudit, _ page: AuditPage, _ known: Set<AuditID>, _ ledger: Ledger, _ tally: inout VerificationReport.Output
    ) {
        if let instant = audit.instant, instant < ledger.start { return tally.early += 1 }
        tally.compared += 1
        let identity = page.identity(of: audit)
        if known.contains(identity) { return }
        let reason = reason(audit.instant, ledger)
        if reason == .covered, let instant = audit.instant, let forgotten = ledger.forgottenBefore, instant < forgotten {
            return tally.byCoverage += 1
        }
        let id = audit.id == nil ? String(decoding: page.bytes[audit.start..<audit.end], as: UTF8.self) : identity.description
        tally.lackingCount += 1
        tally.lacking.append(.init(id: id, instant: audit.instant, reason: reason))
    }

    private func reason(_ instant: Instant?, _ ledger: Ledger) -> VerificationReport.Reason {
        guard let instant else { return .undated }
        if lanes.contains(where: { ledger.lost(of: $0).contains(instant) }) { return .lost }
        return lanes.allSatisfy { ledger.coverage(of: $0).contains(instant) } ? .covered : .unread
    }

    private func ids(_ name: String, _ span: Interval) async throws -> Set<AuditID> {
        let around = Interval(span.start - LedgerComparison.margin, span.end + LedgerComparison.margin)
        return Set(try await store.acknowledged(by: name, in: around).flatMap(\.ids))
    }

    private func change(_ name: String, _ change: (inout VerificationReport.Output) -> Void) {
        outputs.withLockedValue { outputs in
            for index in outputs.indices where outputs[index].name == name { change(&outputs[index]) }
        }
    }
}

extension VerificationReport.Output {
    fileprivate mutating func add(_ other: Self) {
        compared += other.compared
        byCoverage += other.byCoverage
        early += other.early
        lackingCount += other.lackingCount
        lacking += other.lacking.prefix(max(0, VerificationReport.mostListed - lacking.count))
    }
}
