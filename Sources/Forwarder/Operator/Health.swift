import AuditCore
import Engine

/// Whether a run makes progress, and whether it can deliver: a value that is told what happened and when.
///
/// Healthy is a run that reads and delivers, or waits for a reason that it knows: the API parked it, the output refused and is tried
/// again, the disk of the offset file is full and is tried again. Ready is one that nothing keeps from delivering now. Times are those of one clock that only runs forward.
struct Health: Sendable {
    struct Limits: Sendable, Equatable {
        /// How long the API may show nothing: 2 polls while nothing happens, and some time for an answer.
        var reading = Duration.seconds(55)
        /// How long an output may owe an answer, and the offset file a commit.
        var delivery = Duration.seconds(45)
    }

    /// Something that is wrong.
    struct Problem: Sendable, Equatable {
        /// `api`, `offsets`, `run`, or `output NAME`.
        let subject: String
        let reason: String
        /// How long it has lasted.
        let lasts: Duration
        /// The run makes no progress by it; else it is only not ready.
        let isStandstill: Bool
    }

    /// What is known of one output and the tail that feeds it.
    struct Course: Sendable {
        /// The last time that the API showed a page, at first the beginning.
        var lastRead: Duration
        /// Why it shows none, since when, when it is asked again, and whether the API named that time.
        var reading: (reason: String, since: Duration, next: Duration, isPause: Bool)?
        /// Batches in the output's hands that have no answer.
        var owed = 0
        /// The last time that it answered a batch, or took one while it owed nothing.
        var lastMotion: Duration
        var refusal: (reason: String, since: Duration, next: Duration)?
        var isFull = false
        var hasEnded = false
    }

    /// What is known of the offset file.
    struct Commits: Sendable {
        /// When the commits under way began, by the output.
        var underWay: [String: Duration] = [:]
        /// Why the last one failed, since when they do, and when it is tried again.
        var failure: (reason: String, since: Duration, next: Duration)?
    }

    var limits: Limits
    private let start: Duration
    private(set) var courses: [String: Course] = [:]
    /// The outputs of the configuration in force, and since when.
    private var expected: (outputs: Set<String>, since: Duration)
    private var commits = Commits()
    private var isStopping = false
    /// The API has shown a page.
    private(set) var hasRead = false

    /// - Parameter outputs: of the configuration.
    init(limits: Limits, outputs: Set<String> = [], at now: Duration) {
        self.limits = limits
        expected = (outputs, now)
        start = now
    }

    mutating func began(_ output: String, at now: Duration) {
        courses[output] = Course(lastRead: now, lastMotion: now)
    }

    mutating func readSucceeded(_ output: String, at now: Duration) {
        hasRead = true
        courses[output]?.lastRead = now
        courses[output]?.reading = nil
    }

    /// - Parameter isPause: whether the API asked to be left alone for so long.
    mutating func readFailed(_ output: String, _ reason: String, retryIn: Duration, isPause: Bool, at now: Duration) {
        let since = courses[output]?.reading?.since ?? now
        courses[output]?.reading = (reason, since, now + retryIn, isPause)
    }

    mutating func handedIn(_ output: String, at now: Duration) {
        // What it is given besides is no sign that it answers.
        if courses[output]?.owed == 0 { courses[output]?.lastMotion = now }
        courses[output]?.owed += 1
    }

    mutating func answered(_ output: String, at now: Duration) {
        courses[output]?.owed -= 1
        courses[output]?.lastMotion = now
    }

    mutating func refused(_ output: String, _ reason: String, retryIn: Duration, at now: Duration) {
        let since = courses[output]?.refusal?.since ?? now
        courses[output]?.refusal = (reason, since, now + retryIn)
    }

    mutating func recovered(_ output: String) { courses[output]?.refusal = nil }

    /// - Parameter isFull: whether the tail reads nothing, since too much is not acknowledged.
    mutating func stands(_ output: String, isFull: Bool, at now: Duration) {
        // The wait for an answer of the API begins when there is room for one.
        if courses[output]?.isFull == true, !isFull { courses[output]?.lastRead = now }
        courses[output]?.isFull = isFull
    }

    /// These are the outputs of the configuration from now on.
    mutating func expect(_ outputs: Set<String>, at now: Duration) {
        expected = (outputs, now)
        courses = courses.filter { outputs.contains($0.key) }
        commits.underWay = commits.underWay.filter { outputs.contains($0.key) }
    }

    mutating func ended(_ output: String) { courses[output]?.hasEnded = true }

    mutating func commitBegan(_ output: String, at now: Duration) { commits.underWay[output] = now }

    /// - Parameter failure: for people; `nil` where it is durable.
    mutating func commitEnded(_ output: String, failure: String?, at now: Duration) {
        commits.underWay[output] = nil
        commits.failure = failure.map { ($0, commits.failure?.since ?? now, now) }
    }

    mutating func commitIsTriedAgain(in wait: Duration, at now: Duration) { commits.failure?.next = now + wait }

    mutating func stopping() { isStopping = true }
}

extension Health {
    func isHealthy(at now: Duration) -> Bool { !problems(at: now).contains(where: \.isStandstill) }
    func isReady(at now: Duration) -> Bool { problems(at: now).isEmpty }

    /// Everything that is wrong, the run's and the API's first, then by the name of the output.
    func problems(at now: Duration) -> [Problem] {
        var problems: [Problem] = []
        if isStopping { problems.append(Problem(subject: "run", reason: "it is stopping", lasts: .zero, isStandstill: false)) }
        if courses.isEmpty, !isStopping {
            problems.append(
                Problem(
                    subject: "api", reason: "it has not answered yet", lasts: now - start,
                    isStandstill: now - start > limits.reading))
        }
        if !courses.isEmpty, !isStopping {
            for output in expected.outputs.subtracting(courses.keys).sorted() {
                problems.append(
                    Problem(
                        subject: "output \(output)", reason: "it has not begun", lasts: now - expected.since, isStandstill: false)
                )
            }
        }
        problems += commitProblem(at: now)
        for (output, course) in courses.sorted(by: { $0.key < $1.key }) where !course.hasEnded {
            problems += [readingProblem(output, course, at: now), deliveryProblem(output, course, at: now)].compactMap { $0 }
        }
        return problems
    }

    private func commitProblem(at now: Duration) -> [Problem] {
        if let began = commits.underWay.values.min(), now - began > limits.delivery {
            return [Problem(subject: "offsets", reason: "a commit does not end", lasts: now - began, isStandstill: true)]
        }
        guard let failure = commits.failure else { return [] }
        // Another start would deliver what is not committed again, and commit no more than this one.
        let isOverdue = commits.underWay.isEmpty && now > failure.next + limits.delivery
        return [
            Problem(
                subject: "offsets", reason: "they cannot be committed: \(failure.reason)", lasts: now - failure.since,
                isStandstill: isOverdue)
        ]
    }

    private func readingProblem(_ output: String, _ course: Course, at now: Duration) -> Problem? {
        // Whoever may not read more waits for the output, and that is looked at by itself.
        guard !course.isFull, !isStopping else { return nil }
        let silence = now - course.lastRead
        let subject = "output \(output)"
        guard let reading = course.reading else {
            guard silence > limits.reading else { return nil }
            return Problem(subject: subject, reason: "nothing was read for it", lasts: silence, isStandstill: true)
        }
        // It waits before it asks again; that it does so, and gets an answer or none, is expected again.
        let isOverdue = silence > limits.reading && now > reading.next + limits.reading
        let kind = reading.isPause && reading.next > now ? "the API asked for a pause: " : "the API cannot be read: "
        return Problem(
            subject: subject, reason: kind + reading.reason, lasts: now - reading.since,
            isStandstill: isOverdue)
    }

    private func deliveryProblem(_ output: String, _ course: Course, at now: Duration) -> Problem? {
        let subject = "output \(output)"
        if course.owed > 0, now - course.lastMotion > limits.delivery {
            return Problem(
                subject: subject, reason: "it does not answer for what was handed to it", lasts: now - course.lastMotion,
                isStandstill: true)
        }
        guard let refusal = course.refusal else { return nil }
        return Problem(
            subject: subject, reason: "it refuses: \(refusal.reason)", lasts: now - refusal.since,
            isStandstill: course.owed == 0 && now - max(refusal.next, course.lastMotion) > limits.delivery)
    }
}

extension Health.Limits {
    init(_ configuration: ForwarderConfiguration) {
        var requests: Int?
        if case .perMinute(let number) = configuration.genesys.requestsPerMinute { requests = number }
        self.init(
            pollInterval: configuration.tail.pollInterval, requestsPerMinute: requests, outputs: configuration.outputs.count)
    }

    /// - Parameters:
    ///   - requestsPerMinute: `nil` where there are plenty.
    init(pollInterval: Duration, requestsPerMinute: Int?, outputs: Int) {
        // A lane that is idle is polled at twice the interval.
        reading = max(.seconds(45), pollInterval * 2 + .seconds(25))
        // A small allowance is shared by all, and by what fills gaps.
        if let requestsPerMinute { reading += .seconds(240 * outputs / max(1, requestsPerMinute)) }
    }
}
