import AuditCore
import Engine
import NIOConcurrencyHelpers
import Outputs

/// Hands the letters of a file to an output, and notes its answers.
final class DeadLetterDelivery: Sendable {
    private let output: any Output
    private let limits: BatchLimits
    private let book = NIOLockedValueBox(DeadLetterBook())
    private let changes: AsyncStream<Void>
    private let changed: AsyncStream<Void>.Continuation

    init(_ output: any Output, limits: BatchLimits) {
        self.output = output
        self.limits = limits
        (changes, changed) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    var result: DeadLetterBook { book.withLockedValue { $0 } }

    /// Hands in nothing more. May be called from anywhere.
    func stop() {
        book.withLockedValue { $0.stop() }
        changed.yield()
    }

    /// Goes through all lines, and returns when every batch has its answer and the output is closed. Cancelled, it closes the output, and
    /// what has no answer stays.
    func run(_ lines: LineFile) async throws {
        let result: Result<Void, any Error>
        do {
            try await handIn(lines)
            result = .success(())
        } catch {
            result = .failure(error)
        }
        await output.drain()
        await wait { $0.owed == 0 }
        await output.close()
        book.withLockedValue { $0.closed() }
        try result.get()
    }

    private func handIn(_ lines: LineFile) async throws {
        var gathered = GatheredLetters()
        while let line = try lines.next() {
            guard let letter = DeadLetter(line), let bytes = line.bytes else {
                book.withLockedValue { $0.keepDamaged(line.number, line.range) }
                continue
            }
            if !gathered.hasPlace(for: letter, limits) {
                await handIn(gathered)
                gathered = GatheredLetters(after: gathered)
            }
            gathered.append(letter, bytes, line.range)
        }
        await handIn(gathered)
    }

    private func handIn(_ letters: GatheredLetters) async {
        guard !letters.places.isEmpty else { return }
        await wait { $0.owed < self.output.window || $0.isOver }
        let batch = letters.batch
        let isWanted = book.withLockedValue { book in
            if book.isOver || Task.isCancelled {
                book.keep(letters.places)
                return false
            }
            book.handedIn(batch, letters.places)
            return true
        }
        guard isWanted else { return }
        await output.deliver(batch) { answer in
            self.book.withLockedValue { $0.answered(batch.sequence, answer) }
            self.changed.yield()
        }
    }

    /// Returns at once when the task is cancelled.
    private func wait(until isReady: (DeadLetterBook) -> Bool) async {
        var iterator = changes.makeAsyncIterator()
        while !Task.isCancelled, !book.withLockedValue({ isReady($0) }) { await iterator.next() }
    }
}

/// Letters on their way into a batch, which holds audits with an id or audits without one.
private struct GatheredLetters {
    private let sequence: Int
    private var bytes: [UInt8] = []
    private(set) var places: [DeadLetterBook.Place] = []

    init() { sequence = 1 }
    init(after last: GatheredLetters) { sequence = last.sequence + 1 }

    var batch: Batch {
        let audits = places.map(\.audit)
        return Batch(sequence: sequence, page: AuditPage(bytes: bytes, audits: audits), audits: audits)
    }

    func hasPlace(for letter: DeadLetter, _ limits: BatchLimits) -> Bool {
        guard let first = places.first else { return true }
        return places.count < limits.events && bytes.count + letter.audit.end - letter.audit.start <= limits.bytes
            && (first.audit.id == nil) == (letter.audit.id == nil)
    }

    mutating func append(_ letter: DeadLetter, _ line: [UInt8], _ range: Range<Int>) {
        let (audit, start) = (letter.audit, bytes.count)
        bytes += line[audit.start..<audit.end]
        let moved = RawAudit(
            id: audit.id, instant: audit.instant, start: start, end: bytes.count, hasWhitespace: audit.hasWhitespace)
        places.append(DeadLetterBook.Place(range: range, audit: moved))
    }
}
