import Engine
import EngineTesting
import Outputs
import TestTraits
import Testing

@Suite(.fewAtATime, .serialized, .timeLimit(.minutes(5)))
struct TCPOutputConformanceTests {
    @Test(arguments: OutputConformance.allCases)
    func `a receiver that breaks off by a reset`(promise: OutputConformance) async throws {
        try await promise.check { try TCPBench(receiver: TCPReceiver(end: .reset)) }
    }

    @Test(arguments: OutputConformance.allCases)
    func `a receiver that breaks off by a close`(promise: OutputConformance) async throws {
        try await promise.check { try TCPBench(receiver: TCPReceiver(end: .close)) }
    }
}

private struct TCPBench: OutputBench {
    let receiver: TCPReceiver
    let abilities: Set<OutputAbility> = [.startsWithoutReceiver, .breaksOff, .stalls]

    /// A connection never counts as sound by time alone: what is acknowledged here has evidence, on the slowest machine.
    func makeOutput() -> any Output {
        StreamOutput(tcp: TCPSettings(host: "127.0.0.1", port: receiver.port), format: .json, settle: .seconds(3600))
    }

    func start(_ conduct: ReceiverConduct) async throws { try await receiver.start(conduct) }
    func finish() async throws { try await receiver.finish() }
    func received() -> [String] { receiver.lines.lines }
}
