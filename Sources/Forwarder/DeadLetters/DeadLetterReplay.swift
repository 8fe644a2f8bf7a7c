import AuditCore
import Engine
import Logging
import NIOConcurrencyHelpers
import Outputs

/// `deadletters replay`: hands the letters of one output to it once more.
///
/// The file is moved aside first, so that a run may go on to keep letters. What the output acknowledges is gone; what it refuses for good
/// is kept with the new reason; what it refuses for now, and everything that comes after that, stays as it is. A replay that is killed
/// leaves all letters aside, for the next one.
public struct DeadLetterReplay: Sendable {
    public struct Outcome: Sendable, Equatable {
        public var delivered = 0
        /// For good, once more.
        public var refused = 0
        /// Letters that stay as they were.
        public var unreached = 0
        /// The numbers of the lines that are no letters, in the file as it was.
        public var damaged: [Int] = []
        /// Why the output took no more.
        public var reason: String?
        /// Whether it ended before the last letter since it was told to.
        public var isStopped = false
    }

    private enum Progress: Sendable { case ended, stopping, timedOut, deaf }

    private let definition: OutputDefinition
    /// Where its letters are.
    public let path: String
    private let shutdownTimeout: Duration
    private let logger: Logger
    private let makeOutput: @Sendable () -> any Output
    private let clock = MonotonicClock()

    /// - Parameter makeOutput: instead of the definition's own.
    public init(
        _ definition: OutputDefinition, of settings: DeliverySettings, logger: Logger,
        makeOutput: (@Sendable () -> any Output)? = nil
    ) {
        self.definition = definition
        path = definition.deadLetters(besides: settings.offsetsPath)
        shutdownTimeout = settings.shutdownTimeout
        self.logger = logger
        self.makeOutput = makeOutput ?? { definition.makeOutput(logger: logger) }
    }

    /// Goes through the letters until the last one, or until `signals` says to stop: then nothing more is handed in, and what the output
    /// has in its hands is waited for, within the shutdown timeout.
    ///
    /// - Throws: `Failure` with code `locked` where another replay works there, `failed` where the files cannot be used: then no letter
    ///   is lost, and some may be there twice.
    public func run(signals: some AsyncSequence<RunSignal, Never> & Sendable) async throws(Failure) -> Outcome {
        do {
            guard let aside = try DeadLetterAside.take(path, logger: logger) else { return Outcome() }
            let delivery = DeadLetterDelivery(makeOutput(), limits: definition.batch)
            try await run(delivery, aside.lines, signals)
            let book = delivery.result
            try aside.finish(keeping: pieces(of: book), logger: logger)
            return Outcome(
                delivered: book.delivered, refused: book.refused, unreached: book.unreached, damaged: book.damaged,
                reason: book.refusal, isStopped: book.isStopped)
        } catch is DeadLetterAside.Busy {
            throw Failure(
                .locked, "dead letters '\(path)' are in use: another replay works in their directory",
                hint: "wait until that one has ended")
        } catch {
            throw Failure(
                .failed, "dead letters '\(path)' cannot be used: \(error)",
                hint: "check the disk and the permissions, and replay again; no letter is lost")
        }
    }

    private func run(
        _ delivery: DeadLetterDelivery, _ lines: LineFile, _ signals: some AsyncSequence<RunSignal, Never> & Sendable
    ) async throws {
        try await withThrowingTaskGroup(of: Progress.self) { group in
            defer { group.cancelAll() }
            group.addTask {
                try await delivery.run(lines)
                return .ended
            }
            group.addTask {
                for await signal in signals {
                    if case .stop = signal { return .stopping }
                }
                return .deaf
            }
            while let progress = try await group.next() {
                switch progress {
                case .ended: return
                case .deaf: continue
                case .stopping:
                    delivery.stop()
                    group.addTask {
                        try? await clock.sleep(until: clock.now() + shutdownTimeout)
                        return .timedOut
                    }
                // What the output still has in its hands stays.
                case .timedOut: group.cancelAll()
                }
            }
        }
    }

    private func pieces(of book: DeadLetterBook) -> [DeadLetterAside.Piece] {
        book.kept.sorted { $0.range.lowerBound < $1.range.lowerBound }.map { kept in
            guard let (audit, page, reason) = kept.refused else { return .range(kept.range) }
            var line: [UInt8] = []
            DeadLetterFile.append(audit, of: page, output: definition.name, reason: reason, time: .localNow, to: &line)
            return .line(line)
        }
    }
}

extension DeadLetterReplay.Outcome {
    /// For people.
    public func line(of output: String) -> String {
        guard delivered + refused + unreached + damaged.count > 0 else { return "output '\(output)' has no dead letters" }
        return "output '\(output)': \(counts)" + (isStopped ? "; stopped" : "")
    }

    private var counts: String {
        (delivered == 1 ? "1 letter was" : "\(delivered) letters were")
            + " delivered, \(refused) refused again, \(unreached) not delivered"
    }

    /// Why the replay is not a success; `nil` where it is one.
    public func failure(of output: String, path: String) -> Failure? {
        let damage = DamagedLines.problems(damaged, of: path)
        guard let reason else {
            return damage.isEmpty ? nil : Failure(.data, problems: damage, hint: "\(counts); \(DamagedLines.hint)")
        }
        return Failure(
            .unreachable, problems: ["output '\(output)' took no more letters: \(reason)"] + damage,
            hint: "\(counts); replay again when it can be reached")
    }
}
