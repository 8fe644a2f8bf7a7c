import Engine
import EngineTesting
import Formats
import Logging
import Outputs
import TestTraits
import Testing

@Suite(.fewAtATime, .serialized, .timeLimit(.minutes(5)))
struct RELPOutputConformanceTests {
    @Test(arguments: OutputConformance.allCases)
    func `events alone`(promise: OutputConformance) async throws {
        try await promise.check { try RELPBench(payload: .raw) }
    }

    @Test(arguments: OutputConformance.allCases)
    func `syslog messages`(promise: OutputConformance) async throws {
        var syslog = SyslogMessageSettings()
        syslog.enterpriseNumber = nil
        try await promise.check { try RELPBench(payload: .syslog(syslog)) }
    }

    @Test(arguments: OutputConformance.allCases)
    func `one message at a time`(promise: OutputConformance) async throws {
        try await promise.check { try RELPBench(payload: .raw, window: 1) }
    }
}

private struct RELPBench: OutputBench {
    let payload: RELPSettings.Payload
    var window = 128
    private let receiver: RELPReceiver
    let abilities: Set<OutputAbility> = [.startsWithoutReceiver, .breaksOff, .stalls]

    init(payload: RELPSettings.Payload, window: Int = 128) throws {
        self.payload = payload
        self.window = window
        receiver = try RELPReceiver()
    }

    func makeOutput() -> any Output {
        var settings = RELPSettings(host: "127.0.0.1", port: receiver.port)
        settings.payload = payload
        settings.window = window
        settings.largestMessage = 1 << 20
        return RELPOutput(settings: settings, format: .json, logger: Logger(label: "relp") { _ in SwiftLogNoOpLogHandler() })
    }

    func start(_ conduct: ReceiverConduct) async throws {
        switch conduct {
        case .takesEverything: try await receiver.start(RELPConduct())
        case .stalls: try await receiver.start(RELPConduct(stalls: true))
        case .breaksOff(let count): try await receiver.start(RELPConduct(mostBytes: count), RELPConduct())
        }
    }

    func finish() async throws { try await receiver.finish() }

    func received() -> [String] {
        guard case .syslog = payload else { return receiver.taken }
        // Seven words stand before the event where there is no structured data (RFC 5424 section 6).
        return receiver.taken.map { String($0.split(separator: " ", maxSplits: 7, omittingEmptySubsequences: false).last ?? "") }
    }
}
