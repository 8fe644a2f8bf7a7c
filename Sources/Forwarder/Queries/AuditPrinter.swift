import AuditCore
import Engine
import Formats
import Glibc
import NIOConcurrencyHelpers
import Outputs

/// Where a command prints audits, one JSON line each, as the format `json` has them.
public struct AuditPrinter: Sendable {
    private let printing: @Sendable (AuditPage, [RawAudit]) async throws -> Void
    private let closing: @Sendable () async -> Void

    /// Prints to a descriptor, which stays its owner's. Never waits on the cooperative pool.
    public init(descriptor: Int32 = STDOUT_FILENO) {
        let output = StdoutOutput(format: .json, descriptor: descriptor)
        printing = { page, audits in
            let given = NIOLockedValueBox<Answer?>(nil)
            await output.deliver(Batch(sequence: 1, page: page, audits: audits)) { answer in
                given.withLockedValue { $0 = answer }
            }
            try AuditPrinter.check(given.withLockedValue { $0 })
        }
        closing = { await output.close() }
    }

    /// Prints to whoever wants the lines, without their line ends.
    public init(lines: @escaping @Sendable ([UInt8]) async throws -> Void) {
        printing = { page, audits in
            for audit in audits {
                var line: [UInt8] = []
                Format.json.append(audit, of: page, to: &line)
                try await lines(line)
            }
        }
        closing = {}
    }

    /// Returns when the reader has taken the lines, as far as that can be known.
    /// - Throws: `ReaderGone`; `CancellationError`; `Failure` with code `failed` where the lines cannot be written.
    func print(_ audits: [RawAudit], of page: AuditPage) async throws {
        if !audits.isEmpty { try await printing(page, audits) }
    }

    /// Nothing may be printed afterwards.
    public func close() async { await closing() }

    private static func check(_ answer: Answer?) throws {
        switch answer {
        case .acknowledged: return
        case .refusedForNow(let refusal), .refusedForGood(let refusal), .acknowledgedExcept(_, let refusal):
            if refusal.isFinal { throw ReaderGone() }
            if Task.isCancelled { throw CancellationError() }
            throw Failure(.failed, refusal.reason, hint: "what was printed before is whole; make room and ask again")
        case nil:
            throw Failure(.failed, "stdout did not answer", hint: "ask again")
        }
    }
}

/// Nobody reads the lines any more: for a command that prints, a good reason to end.
public struct ReaderGone: Error, Sendable {
    public init() {}
}
