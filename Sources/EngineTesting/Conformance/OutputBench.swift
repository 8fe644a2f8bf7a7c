import Engine

/// What an output's test brings along: the output, and a receiver that the suite can conduct.
public protocol OutputBench: Sendable {
    /// What this receiver and this output can be made to do; the suite leaves out what they cannot.
    var abilities: Set<OutputAbility> { get }

    /// Makes an output for the receiver, whether or not that has started.
    func makeOutput() async throws -> any Output

    /// Starts the receiver. Called once.
    func start(_ conduct: ReceiverConduct) async throws

    /// Waits until the receiver has taken everything that still comes; the output is closed by now. Called once, after `start`.
    func finish() async throws

    /// Every line that the receiver ever took whole, without its end, in order. Called after `finish`.
    func received() async throws -> [String]
}

public enum OutputAbility: Sendable {
    /// The output can be used before its receiver is there.
    case startsWithoutReceiver
    /// The receiver can break off in the middle.
    case breaksOff
    /// The receiver can stop taking anything.
    case stalls
}

public enum ReceiverConduct: Sendable, Equatable {
    case takesEverything
    /// Nothing is taken before `finish`.
    case stalls
    /// Breaks off when it has taken so many bytes, in the rudest way that its medium knows: what is on its way to it is lost. Where it can be
    /// reached again, it takes everything then.
    case breaksOff(after: Int)
}
