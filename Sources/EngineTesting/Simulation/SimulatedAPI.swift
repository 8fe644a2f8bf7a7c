import AuditCore
import Engine

/// The API's side of one request.
struct SimulatedAPI {
    /// One request of a read. A reader makes one, or two of a query that is not known to be done.
    enum Step {
        case connect
        case lanes
        case page(ReadRequest)
        case status(ReadRequest, Continuation)
        case results(Continuation)

        var family: RequestFamily {
            switch self {
            case .connect, .lanes: .realtime
            case .page(let request): if case .page = request.position { .realtime } else { .asynchronous }
            case .status, .results: .asynchronous
            }
        }
    }

    enum Content {
        case nothing
        case lanes([Lane])
        case page(PageReading)
        /// Whether the query is done.
        case looked(Bool)
    }

    struct Answer {
        /// `nil` where there was no answer at all.
        var date: Instant?
        var count = 0
        var reset = Duration.zero
        /// The API refused for the rate, and asks to wait so long.
        var wait: Duration?
        var content: Result<Content, ReadFailure>
    }

    private(set) var archive: SampleArchive
    private let plan: SimulationPlan
    private(set) var lanes: [Lane]
    private var minute = Instant.distantPast
    private var spent = 0

    init(_ plan: SimulationPlan) {
        self.plan = plan
        archive = plan.archive
        lanes = SimulatedAPI.lanes([.all], plan.readsAsynchronous)
    }

    /// The API takes a query for all services from now on, or no longer.
    mutating func changeLanes() {
        let isOne = lanes.contains(.all)
        lanes = SimulatedAPI.lanes(
            isOne ? [Lane(service: "Architect"), Lane(service: "Routing")] : [.all], plan.readsAsynchronous)
    }

    private static func lanes(_ realtime: [Lane], _ readsAsynchronous: Bool) -> [Lane] {
        readsAsynchronous ? realtime + [Lane(service: nil, endpoint: .asynchronous)] : realtime
    }

    mutating func answer(
        _ step: Step, _ troubles: [Trouble.Kind], fails: Bool, at now: Instant, _ random: inout SampleGenerator
    ) -> Answer {
        spend(at: now, isHealed: now >= plan.faultyUntil)
        var date = now
        for case .date(let error) in troubles { date = date + error }
        var answer = Answer(
            date: date.wholeSecond, count: spent, reset: minute + .seconds(60) - now, content: .success(.nothing))
        if let failure = failure(troubles, fails: fails, &answer, &random) {
            answer.content = .failure(failure)
        } else {
            archive.manners.repeatsRows = now < plan.faultyUntil && plan.failurePercent > 0 && random.happens(3)
            answer.content = content(of: step, at: now)
        }
        return answer
    }

    private mutating func spend(at now: Instant, isHealed: Bool) {
        if now - minute >= .seconds(60) {
            minute = now
            spent = isHealed ? 0 : plan.othersSpend
        }
        spent += 1
    }

    private mutating func content(of step: Step, at now: Instant) -> Result<Content, ReadFailure> {
        do throws(ReadFailure) {
            switch step {
            case .connect: return .success(.nothing)
            case .lanes: return .success(.lanes(lanes))
            case .page(let request): return .success(.page(try archive.read(request, at: now)))
            case .status(_, let continuation): return .success(.looked(try archive.isDone(continuation)))
            case .results(let continuation): return .success(.page(try archive.results(continuation)))
            }
        } catch {
            return .failure(error)
        }
    }

    /// What goes wrong with this request, if anything does.
    private mutating func failure(
        _ troubles: [Trouble.Kind], fails: Bool, _ answer: inout Answer, _ random: inout SampleGenerator
    ) -> ReadFailure? {
        for trouble in troubles {
            switch trouble {
            case .api:
                if random.happens(50) { answer.date = nil }
                return random.happens(20) ? .timedOut("504") : .transient("503", delay: nil)
            case .credentials: return .refused("403")
            case .rate(let wait): return refused(for: wait, &answer)
            case .date, .output, .stall, .store, .process: continue
            }
        }
        if spent > plan.allowance { return refused(for: answer.reset, &answer) }
        guard fails else { return nil }
        if random.happens(10) { archive.loseQueries() }
        if random.happens(10) { archive.stickQueries() }
        switch random.number(0...8) {
        case 0: return refused(for: .seconds(random.number(1...20)), &answer)
        case 1: return .timedOut("504")
        case 2: return .tooMuch("413")
        case 3: return .pageSize("400")
        case 4: return .refused("401")
        case 5: return .queryLost("404")
        case 6:
            answer.date = nil
            return .transient("the connection was reset", delay: nil)
        default: return .transient("503", delay: nil)
        }
    }

    private func refused(for wait: Duration, _ answer: inout Answer) -> ReadFailure {
        answer.wait = wait
        return .transient("429", delay: wait)
    }
}
