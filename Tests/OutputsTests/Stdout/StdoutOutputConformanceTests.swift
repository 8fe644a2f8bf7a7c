import Engine
import EngineTesting
import Glibc
import Outputs
import TestTraits
import Testing

@Suite(.fewAtATime, .serialized, .timeLimit(.minutes(5)))
struct StdoutOutputConformanceTests {
    @Test(arguments: OutputConformance.allCases)
    func `a pipe`(promise: OutputConformance) async throws {
        try await promise.check { try DescriptorBench(socketPair: false) }
    }

    @Test(arguments: OutputConformance.allCases)
    func `a socket`(promise: OutputConformance) async throws {
        try await promise.check { try DescriptorBench(socketPair: true) }
    }

    @Test(arguments: OutputConformance.allCases)
    func `a regular file`(promise: OutputConformance) async throws {
        try await promise.check { try RegularFileBench() }
    }
}

private struct DescriptorBench: OutputBench {
    private let receiver: DescriptorReceiver
    let abilities: Set<OutputAbility>

    init(socketPair: Bool) throws {
        receiver = try DescriptorReceiver(socketPair: socketPair)
        // A socket keeps what its reader has not taken to itself: nobody can know how much was lost.
        abilities = socketPair ? [.stalls] : [.stalls, .breaksOff]
    }

    func makeOutput() -> any Output { StdoutOutput(format: .json, descriptor: receiver.writer) }
    func start(_ conduct: ReceiverConduct) { receiver.start(conduct) }
    func finish() async throws { try await receiver.finish() }
    func received() -> [String] { receiver.lines.lines }
}

private struct RegularFileBench: OutputBench {
    private let directory = try? TemporaryDirectory()
    private let descriptor: Int32
    private var path: String { directory?.file("out") ?? "" }
    let abilities: Set<OutputAbility> = []

    init() throws {
        guard let directory else { throw TemporaryDirectory.Unusable() }
        descriptor = open(directory.file("out"), O_WRONLY | O_CREAT, 0o600)
    }

    func makeOutput() -> any Output { StdoutOutput(format: .json, descriptor: descriptor) }
    func start(_ conduct: ReceiverConduct) {}
    func finish() { close(descriptor) }
    func received() throws -> [String] { try TemporaryDirectory.lines(path) }
}
