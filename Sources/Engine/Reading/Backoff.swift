/// How long to wait after the nth failure in a row: twice as long each time, with a jitter that keeps several clients apart.
struct Backoff: Sendable {
    /// The other side is asked again after this at the latest: a wrong answer must not silence the program for good.
    static let longestAsked = Duration.seconds(86_400)

    private let first: Duration
    private let most: Duration
    /// In a row.
    private(set) var failures = 0
    private var random: SeededGenerator

    init(first: Duration, most: Duration, seed: UInt64) {
        self.first = first
        self.most = most
        random = SeededGenerator(seed: seed)
    }

    var isFailing: Bool { failures > 0 }

    /// Between half and all of the doubled wait, but not less than what the other side asked for, up to `longestAsked`.
    mutating func failed(asked: Duration? = nil) -> Duration {
        var wait = first
        for _ in 0..<min(failures, 30) where wait < most { wait = min(wait * 2, most) }
        failures += 1
        return max(wait / 2 + wait / 2 * Double.random(in: 0...1, using: &random), min(asked ?? .zero, Backoff.longestAsked))
    }

    mutating func succeeded() { failures = 0 }
}

/// A small deterministic source of randomness (SplitMix64), so that a run can be repeated from its seed.
struct SeededGenerator: RandomNumberGenerator, Sendable {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
