import AuditCore
import Engine

/// The outputs, the dead letters and the store.
extension Simulation {
    /// Lets an output begin with what it was called for, in order.
    mutating func pump(_ index: Int) {
        while let work = outputs[index].next() {
            switch work {
            case .batch(let batch):
                let ready = max(now, end(of: .stall(index)) ?? now)
                schedule(.hand(index, batch), at: ready + latency(50))
            case .drain:
                for sequence in outputs[index].unanswered.keys.sorted() {
                    schedule(.settle(index, sequence: sequence), after: latency(100))
                }
            }
        }
    }

    mutating func hand(_ batch: Batch, to index: Int) {
        outputs[index].took(batch)
        report(.taken, to: index)
        if fails("delivery") {
            failDelivery(of: batch, by: index)
        } else if isTroubled(.output(index)) {
            schedule(.refuse(index, sequence: batch.sequence, .refusedForNow(Refusal("down"))), after: latency(100))
        } else {
            schedule(.settle(index, sequence: batch.sequence), after: outputs[index].answerTime(hurries: !isFaulty, &random))
        }
        pump(index)
    }

    private mutating func failDelivery(of batch: Batch, by index: Int) {
        switch random.number(0...9) {
        case 0, 1:
            schedule(.refuse(index, sequence: batch.sequence, .refusedForGood(Refusal("bad"))), after: latency(100))
        case 2:
            // The connection broke: whatever the receiver has of them, nobody can say.
            counts.fault("reset")
            for sequence in outputs[index].unanswered.keys.sorted() {
                schedule(.refuse(index, sequence: sequence, .refusedForNow(Refusal("reset"))), at: now)
            }
        case 3:
            let refusal = Refusal("busy", delay: .seconds(random.number(1...20)))
            schedule(.refuse(index, sequence: batch.sequence, .refusedForNow(refusal)), after: latency(100))
        default:
            schedule(.refuse(index, sequence: batch.sequence, .refusedForNow(Refusal("down"))), after: latency(3000))
        }
    }

    mutating func settle(_ sequence: Int, of index: Int) throws(Violation) {
        if let end = end(of: .stall(index)) {
            schedule(.settle(index, sequence: sequence), at: end)
        } else if isTroubled(.output(index)) {
            refuse(sequence, of: index, .refusedForNow(Refusal("down")))
        } else if let batch = outputs[index].answer(sequence) {
            try oracles[index].acknowledged(batch, at: now)
            report(.answered(sequence: sequence, .acknowledged), to: index)
        }
    }

    mutating func refuse(_ sequence: Int, of index: Int, _ answer: Answer) {
        guard outputs[index].answer(sequence) != nil else { return }
        report(.answered(sequence: sequence, answer), to: index)
    }

    /// The receiver took it, and nobody learns of it.
    mutating func acknowledge(_ sequence: Int, of index: Int) throws(Violation) {
        guard let batch = outputs[index].answer(sequence) else { return }
        try oracles[index].acknowledged(batch, at: now)
    }

    mutating func setApart(_ batch: Batch, of index: Int) throws(Violation) {
        if fails("dead letters") {
            report(.answered(sequence: batch.sequence, .refusedForNow(Refusal("no dead letters"))), to: index)
        } else {
            try oracles[index].acknowledged(batch, at: now)
            report(.answered(sequence: batch.sequence, .acknowledged), to: index)
        }
        report(.taken, to: index)
    }

    mutating func callStore(_ action: TailAction, of index: Int) throws(Violation) {
        let fails = isTroubled(.store) || fails("store")
        switch action {
        case .load(let ring, let interval):
            let output = plan.tails[index].settings.output
            let batches = store.acknowledged(by: output, in: interval)
            report(.loaded(ring, interval, fails ? .failure(StoreFailure("no load")) : .success(batches)), to: index)
        case .commit(let change):
            if !fails { try commit(change, of: index) }
            report(.committed(fails ? .failure(StoreFailure("no commit")) : .success(())), to: index)
        default: preconditionFailure("not the store's")
        }
    }

    mutating func commit(_ change: LedgerChange, of index: Int) throws(Violation) {
        try oracles[index].commits(change, at: now)
        do { try store.commit(change) } catch { throw Violation("the store: \(error.reason)") }
    }

    /// A tail will learn of it.
    private mutating func report(_ event: TailEvent, to index: Int) { schedule(.tell(index, event), after: latency(20)) }
}
