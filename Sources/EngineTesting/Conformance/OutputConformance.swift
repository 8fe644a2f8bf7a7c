import AuditCore
import Engine

/// The promises of `Output`, each against a bench of its own. An output's test runs all of them, under a time limit: a promise that something
/// happens soon is broken by never happening.
public enum OutputConformance: String, CaseIterable, Sendable {
    case everythingArrivesWholeAndInOrder = "everything arrives whole and in order, and is acknowledged"
    case theWindowIsTakenWithoutAnswers = "as many batches as the window are taken before the first has an answer"
    case aReceiverThatIsDownIsRefusedForNow = "refused for now while the receiver is down, delivered whole after it is there"
    case whatIsAcknowledgedWasReceived = "a batch is acknowledged only when the receiver has all of it, wherever it breaks off"
    case cancellationReturns = "cancellation of a delivery returns, and closing answers what is owed"
    case drainingSettles = "draining settles what is owed, and is no end"
    case reopeningLosesNothing = "opening anew loses nothing and answers nothing"
    case closingWithoutUseReturns = "an output that was never used can be drained and closed"

    /// - Throws: `Violation`, or what the bench threw.
    public func check<Bench: OutputBench>(_ makeBench: () throws -> Bench) async throws {
        switch self {
        case .everythingArrivesWholeAndInOrder: try await checkArrival(makeBench())
        case .theWindowIsTakenWithoutAnswers: try await checkWindow(makeBench())
        case .aReceiverThatIsDownIsRefusedForNow: try await checkAbsence(makeBench())
        case .whatIsAcknowledgedWasReceived:
            for seed in 0..<12 as Range<UInt64> { try await checkBreak(makeBench(), seed) }
        case .cancellationReturns: try await checkCancellation(makeBench())
        case .drainingSettles: try await checkDrain(makeBench())
        case .reopeningLosesNothing: try await checkReopening(makeBench())
        case .closingWithoutUseReturns: try await checkIdle(makeBench())
        }
    }
}

extension OutputConformance {
    private func checkArrival(_ bench: some OutputBench) async throws {
        try await bench.start(.takesEverything)
        let output = try await bench.makeOutput()
        var driver = OutputDriver(output, OutputConformance.samples(batches: 30, seed: 1, large: true))
        try await driver.deliverAll()
        try demand(
            driver.isDone, "\(driver.acknowledged.count) of 30 batches were acknowledged: \(driver.finalRefusal?.reason ?? "")")
        await output.close()
        try await bench.finish()
        try await OutputConformance.demandEqual(bench.received(), driver.allLines)
    }

    private func checkWindow(_ bench: some OutputBench) async throws {
        try await bench.start(.takesEverything)
        let output = try await bench.makeOutput()
        try demand(output.window >= 1, "the window is \(output.window)")
        var driver = OutputDriver(output, OutputConformance.samples(batches: output.window, seed: 2))
        try await driver.deliverOnce()
        try demand(driver.isDone, "\(driver.acknowledged.count) of \(output.window) batches were acknowledged")
        await output.close()
        try await bench.finish()
        try await OutputConformance.demandEqual(bench.received(), driver.allLines)
    }

    private func checkAbsence(_ bench: some OutputBench) async throws {
        guard bench.abilities.contains(.startsWithoutReceiver) else { return }
        let output = try await bench.makeOutput()
        var driver = OutputDriver(output, OutputConformance.samples(batches: 3, seed: 3))
        try await driver.deliverOnce()
        try demand(driver.acknowledged.isEmpty, "a batch was acknowledged, and nobody was there to take it")
        try demand(driver.finalRefusal == nil, "a receiver that is down ended the run")
        try await bench.start(.takesEverything)
        try await driver.deliverAll()
        await output.close()
        try await bench.finish()
        try await OutputConformance.demandEqual(bench.received(), driver.allLines)
    }

    private func checkBreak(_ bench: some OutputBench, _ seed: UInt64) async throws {
        guard bench.abilities.contains(.breaksOff) else { return }
        let samples = OutputConformance.samples(batches: 40, seed: seed, large: seed % 2 == 1)
        let lines = samples.map { $0.map(\.json) }
        let total = lines.joined().reduce(0) { $0 + $1.utf8.count + 1 }
        var random = SampleGenerator(seed: seed)
        // Before the output is made: some benches know only then what it has to connect to.
        try await bench.start(.breaksOff(after: random.number(0...total)))
        let output = try await bench.makeOutput()
        var driver = OutputDriver(output, samples, lines)
        try await driver.deliverAll()
        await output.close()
        try await bench.finish()
        let received = try await bench.received()
        let lost = Set(driver.acknowledgedLines).subtracting(received)
        try demand(lost.isEmpty, "seed \(seed): \(lost.count) audits were acknowledged and not received, as \(lost.first ?? "")")
        let foreign = Set(received).subtracting(driver.allLines)
        try demand(foreign.isEmpty, "seed \(seed): a line was received that is none: \(foreign.first?.prefix(200) ?? "")")
    }

    private func checkCancellation(_ bench: some OutputBench) async throws {
        try await bench.start(bench.abilities.contains(.stalls) ? .stalls : .takesEverything)
        let output = try await bench.makeOutput()
        let book = AnswerBook()
        let samples = OutputConformance.samples(batches: 1, seed: 5, large: true)[0]
        await withTaskGroup { group in
            group.addTask { await book.deliver(Batch(1, of: samples), to: output) }
            group.cancelAll()
        }
        await output.close()
        if case .refusedForGood = await book.answer(to: 1) { throw Violation("a cancelled batch was refused for good") }
        try book.check()
        try await bench.finish()
    }

    private func checkDrain(_ bench: some OutputBench) async throws {
        try await bench.start(.takesEverything)
        let output = try await bench.makeOutput()
        var driver = OutputDriver(output, OutputConformance.samples(batches: 3, seed: 6))
        for _ in 0..<2 {
            await output.drain()
            try await driver.deliverAll()
            await output.drain()
        }
        var after = OutputDriver(output, OutputConformance.samples(batches: 2, seed: 7))
        try await after.deliverAll()
        await output.close()
        try await bench.finish()
        try await OutputConformance.demandEqual(bench.received(), driver.allLines + after.allLines)
    }

    private func checkReopening(_ bench: some OutputBench) async throws {
        try await bench.start(.takesEverything)
        let output = try await bench.makeOutput()
        var lines: [String] = []
        for seed in 8..<11 as Range<UInt64> {
            await output.reopen()
            var driver = OutputDriver(output, OutputConformance.samples(batches: 2, seed: seed))
            try await driver.deliverAll()
            lines += driver.allLines
        }
        await output.close()
        try await bench.finish()
        try await OutputConformance.demandEqual(bench.received(), lines)
    }

    private func checkIdle(_ bench: some OutputBench) async throws {
        try await bench.start(.takesEverything)
        let output = try await bench.makeOutput()
        await output.reopen()
        await output.drain()
        await output.close()
        try await bench.finish()
        try demand(try await bench.received().isEmpty, "something was received, and nothing was delivered")
    }

    /// Batches of 1 to 40 audits with odd texts in them; `large` puts one of 300 KB into the first.
    private static func samples(batches: Int, seed: UInt64, large: Bool = false) -> [[SampleAudit]] {
        var random = SampleGenerator(seed: seed)
        return (0..<batches).map { batch in
            (0..<random.number(1...40)).map { index in
                let number = Int(seed) * 100_000 + batch * 100 + index
                return SampleAudit(
                    id: SampleAudit.uuid(number), instant: Instant(seconds: 1_800_000_000 + Int64(number)),
                    service: ["Architect", "a b\t\"c\" \\ \n", "Zürich 🦊 {[,]}"][random.number(0...2)],
                    padding: large && batch == 0 && index == 0 ? 300_000 : random.number(0...300))
            }
        }
    }

    private static func demandEqual(_ received: [String], _ expected: [String]) throws(Violation) {
        try demand(received.count == expected.count, "\(received.count) lines were received of \(expected.count)")
        for (received, expected) in zip(received, expected) where received != expected {
            throw Violation("received '\(received.prefix(200))', delivered was '\(expected.prefix(200))'")
        }
    }
}
