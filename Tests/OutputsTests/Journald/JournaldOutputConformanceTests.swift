import Engine
import EngineTesting
import Logging
import TestTraits
import Testing

@testable import Outputs

@Suite(.fewAtATime, .serialized, .timeLimit(.minutes(5)))
struct JournaldOutputConformanceTests {
    @Test(arguments: OutputConformance.allCases, [JournaldAcknowledgement.readBack, .synchronize, .none])
    func `whatever an acknowledgement rests on`(promise: OutputConformance, acknowledgement: JournaldAcknowledgement) async throws
    {
        try await promise.check { try JournaldBench(acknowledgement) }
    }
}

struct JournaldBench: OutputBench {
    let receiver: JournaldReceiver
    let abilities: Set<OutputAbility> = [.startsWithoutReceiver, .breaksOff, .stalls]
    private let acknowledgement: JournaldAcknowledgement

    init(_ acknowledgement: JournaldAcknowledgement) throws {
        receiver = try JournaldReceiver()
        self.acknowledgement = acknowledgement
    }

    func makeOutput() -> any Output {
        var settings = JournaldSettings()
        settings.acknowledgement = acknowledgement
        return JournaldOutput(
            settings: settings, format: .json, place: receiver.place, journal: acknowledgement == .readBack ? receiver : nil,
            bounds: patient, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    /// Nothing is refused for the time that it takes, on the slowest machine. What is missing in the end is found by the reading alone.
    private var patient: JournaldDelivery.Bounds {
        JournaldDelivery.Bounds(stall: .seconds(3600), answer: .seconds(3600), sight: .seconds(60))
    }

    func start(_ conduct: ReceiverConduct) throws { try receiver.start(conduct) }
    func finish() async throws { await receiver.finish() }
    func received() throws -> [String] { receiver.entries.flatMap { $0["MESSAGE"] } }
}
