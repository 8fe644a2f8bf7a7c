import Engine
import EngineTesting
import Formats
import TestTraits
import Testing

@testable import Outputs

@Suite(.fewAtATime, .serialized, .timeLimit(.minutes(5)))
struct SyslogConformanceTests {
    @Test(arguments: OutputConformance.allCases)
    func `a local receiver of datagrams`(promise: OutputConformance) async throws {
        try await promise.check {
            let directory = try TemporaryDirectory()
            return try LocalBench(directory: directory, receiver: SocketReceiver(.datagrams(path: directory.file("log"))))
        }
    }

    @Test(arguments: OutputConformance.allCases)
    func `a local receiver of a stream`(promise: OutputConformance) async throws {
        try await promise.check {
            let directory = try TemporaryDirectory()
            return try LocalBench(directory: directory, receiver: SocketReceiver(.stream(path: directory.file("log"))))
        }
    }

    @Test(arguments: OutputConformance.allCases)
    func `a collector over TCP`(promise: OutputConformance) async throws {
        try await promise.check { try StreamBench(receiver: TCPReceiver(end: .reset)) }
    }
}

private struct LocalBench: OutputBench {
    let directory: TemporaryDirectory
    let receiver: SocketReceiver
    let abilities: Set<OutputAbility> = [.startsWithoutReceiver, .breaksOff, .stalls]

    func makeOutput() -> any Output {
        SyslogSettings.bare(.unix(path: directory.file("log"))).makeOutput(format: .json)
    }

    func start(_ conduct: ReceiverConduct) async throws { try receiver.start(conduct) }
    func finish() async throws { try await receiver.finish() }
    func received() -> [String] { receiver.events }
}

private struct StreamBench: OutputBench {
    let receiver: TCPReceiver
    let abilities: Set<OutputAbility> = [.startsWithoutReceiver, .breaksOff, .stalls]

    func makeOutput() -> any Output {
        let connection = ConnectionSettings(addresses: [HostPort("127.0.0.1", receiver.port)])
        let settings = SyslogSettings.bare(.stream(connection, .newline, .kernel))
        return StreamOutput(
            syslog: settings, over: connection, framing: .newline, acknowledgement: .kernel, format: .json, settle: .seconds(3600)
        )
    }

    func start(_ conduct: ReceiverConduct) async throws { try await receiver.start(conduct) }
    func finish() async throws { try await receiver.finish() }
    func received() -> [String] { receiver.lines.lines.map { String($0.drop { $0 != "{" }) } }
}

extension SyslogSettings {
    /// With nothing of the event before the event.
    fileprivate static func bare(_ transport: Transport) -> SyslogSettings {
        var settings = SyslogSettings(transport: transport)
        settings.message.enterpriseNumber = nil
        settings.message.messageID = "audit"
        return settings
    }
}
