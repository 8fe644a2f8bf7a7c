import AuditCore
import Engine
import EngineTesting
import Logging
import TestTraits
import Testing

@testable import Outputs

@Suite(.fewAtATime, .timeLimit(.minutes(5)))
struct JournaldOutputTests {
    /// For a receiver that takes what it is given: no load of the machine is to reach it.
    private static let patience = Duration.seconds(120)

    private let receiver: JournaldReceiver

    init() throws { receiver = try JournaldReceiver() }

    private func output(
        _ acknowledgement: JournaldAcknowledgement, reads: Bool = false,
        bounds: JournaldDelivery.Bounds = .init(stall: JournaldOutputTests.patience)
    ) -> JournaldOutput {
        var settings = JournaldSettings()
        settings.acknowledgement = acknowledgement
        return JournaldOutput(
            settings: settings, format: .json, place: receiver.place, journal: reads ? receiver : nil, bounds: bounds,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    private func deliver(_ sequence: Int, _ count: Int, to output: JournaldOutput, padding: Int = 0) async -> Answer {
        let samples = (0..<count).map { SampleAudit(id: SampleAudit.uuid($0), instant: Instant(seconds: 1), padding: padding) }
        let page = AuditPage(of: samples)
        let book = AnswerBook()
        await book.deliver(Batch(sequence: sequence, page: page, audits: page.audits), to: output)
        return await book.answer(to: sequence)
    }

    @Test func `a missing socket is refused for now, with the reason of the system`() async {
        let output = output(.none)
        #expect(
            await deliver(1, 1, to: output)
                == .refusedForNow(Refusal("journald: its socket '\(receiver.place.socket)': no such file or directory")))
        await output.close()
    }

    @Test func `what did not come into the journal is sent again, and nothing else`() async throws {
        try receiver.start(.takesEverything)
        receiver.drop { $0 % 3 == 1 }
        let output = output(.readBack, reads: true, bounds: .init(stall: JournaldOutputTests.patience, sight: .seconds(3)))
        for missing in [3, 1] {
            guard case .refusedForNow(let refusal) = await deliver(1, 10, to: output) else {
                Issue.record("it was not refused for now")
                return
            }
            #expect(refusal.reason.hasPrefix("journald: \(missing) of "), "\(refusal.reason)")
        }
        receiver.drop(nil)
        #expect(await deliver(1, 10, to: output) == .acknowledged)
        await output.close()
        await receiver.finish()
        #expect(receiver.received == 10 + 3 + 1)
        #expect(Set(receiver.entries.flatMap { $0["GENESYS_AUDIT_ID"] }).count == 10)
    }

    @Test func `what is known of one batch is not taken for another`() async throws {
        try receiver.start(.takesEverything)
        receiver.drop { $0 == 0 }
        let output = output(.readBack, reads: true, bounds: .init(stall: JournaldOutputTests.patience, sight: .seconds(3)))
        #expect(await deliver(1, 4, to: output) != .acknowledged)
        #expect(await deliver(2, 4, to: output) == .acknowledged)
        #expect(await deliver(1, 4, to: output) == .acknowledged)
        await output.close()
        await receiver.finish()
        #expect(receiver.received == 12)
    }

    private static let improper: [(JournaldReceiver.Synchronization, String)] = [
        (.isSilent, "does not answer to synchronize"),
        (.breaksOff, "broke off before it had synchronized"),
        (
            .says(Array(#"{"error":"org.varlink.service.PermissionDenied","parameters":{}}"#.utf8) + [0]),
            "does not synchronize: org.varlink.service.PermissionDenied"
        ),
        (.says(Array("certainly".utf8) + [0]), "its answer to synchronize is not understood"),
        (.says([0]), "its answer to synchronize is not understood"),
        (.says(Array(#"{"parameters":{}}"#.utf8) + [0, 0]), "its answer to synchronize is not understood"),
        (.says(Array(#"{"parameters":{}}"#.utf8)), "does not answer to synchronize"),
        (.says(Array(repeating: UInt8(ascii: " "), count: 100_000)), "its answer to synchronize is not understood"),
    ]

    @Test(arguments: improper)
    func `without a proper answer to synchronize a batch is refused for now`(
        _ synchronization: JournaldReceiver.Synchronization, _ reason: String
    ) async throws {
        try receiver.start(.takesEverything)
        receiver.synchronize(synchronization)
        // Only one that says nothing is to be given up for its time.
        let answer = reason.hasPrefix("does not answer") ? Duration.milliseconds(200) : JournaldOutputTests.patience
        let output = output(.synchronize, bounds: .init(stall: JournaldOutputTests.patience, answer: answer))
        #expect(await deliver(1, 3, to: output) == .refusedForNow(Refusal("journald: \(reason)")))
        await output.close()
        receiver.synchronize(.answers)
        let patient = self.output(.synchronize)
        #expect(await deliver(1, 3, to: patient) == .acknowledged)
        await patient.close()
        await receiver.finish()
    }

    @Test func `a receiver that takes nothing is refused for now after the bound, with few audits and with many`() async throws {
        try receiver.start(.stalls)
        let output = output(.none, bounds: .init(stall: .milliseconds(200)))
        for count in [1, 1000] {
            #expect(
                await deliver(count, count, to: output) == .refusedForNow(Refusal("journald: takes nothing any more")))
        }
        await output.close()
        await receiver.finish()
    }

    @Test func `entries of any size come whole`() async throws {
        try receiver.start(.takesEverything)
        let output = output(.readBack, reads: true)
        let sizes = [0, 64 << 10, (64 << 10) + 1, 1 << 20, 4 << 20]
        for (index, size) in sizes.enumerated() {
            #expect(await deliver(index, 1, to: output, padding: size) == .acknowledged)
        }
        await output.close()
        await receiver.finish()
        #expect(
            receiver.entries.map { $0["MESSAGE"][0].utf8.count / 1000 } == sizes.map { ($0 + 120) / 1000 } || receiver.torn == 0)
        #expect(receiver.entries.count == sizes.count && receiver.torn == 0)
    }

    @Test func `an entry that journald never takes is refused for good, and the others are delivered`() async throws {
        try receiver.start(.takesEverything)
        let output = output(.none)
        let samples = [0, 33 << 20, 0].map { SampleAudit(id: SampleAudit.uuid($0), instant: Instant(seconds: 1), padding: $0) }
        let page = AuditPage(of: samples)
        let book = AnswerBook()
        await book.deliver(Batch(sequence: 1, page: page, audits: page.audits), to: output)
        guard case .acknowledgedExcept([1], let refusal) = await book.answer(to: 1) else {
            Issue.record("the answer was another one")
            return
        }
        #expect(refusal.reason == "journald: the entry is larger than the 33554432 bytes that journald takes")
        await output.close()
        await receiver.finish()
        #expect(receiver.entries.count == 2)
    }

    @Test func `a wish that is not permitted is refused for now, not weakened`() async throws {
        try receiver.start(.takesEverything)
        let output = output(.readBack)
        #expect(output.guarantee == .application)
        #expect(
            await deliver(1, 1, to: output)
                == .refusedForNow(Refusal("journald: there is no libsystemd to read the journal with")))
        await output.close()
        await receiver.finish()
    }
}

/// What an acknowledgement may rest on, by what is permitted.
@Suite(.fewAtATime)
struct JournaldEvidenceTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private var place: JournalPlace {
        JournalPlace(
            socket: directory.file("socket"), synchronizeSocket: directory.file("calls"), persistentDirectory: directory.path,
            volatileDirectory: directory.file("none"))
    }

    @Test func `nothing permitted is a handoff, and said`() {
        let evidence = JournaldEvidence(.auto, at: place, canRead: true)
        #expect(evidence.guarantee == .handoff)
        #expect(evidence.warning?.hasPrefix("nothing tells whether journald stores") == true)
    }

    @Test func `a journal on disk that can be read is durable, and needs no other permission`() throws {
        try TemporaryDirectory.write("", to: directory.file("system.journal"))
        let evidence = JournaldEvidence(.auto, at: place, canRead: true)
        #expect(evidence.guarantee == .durable && evidence.reads && !evidence.synchronizes && evidence.warning == nil)
    }

    @Test func `without a library to read with, synchronizing is asked for, and what it does not tell is said`() throws {
        try TemporaryDirectory.write("", to: directory.file("system.journal"))
        try TemporaryDirectory.write("", to: directory.file("calls"))
        let evidence = JournaldEvidence(.auto, at: place, canRead: false)
        #expect(evidence.guarantee == .application && evidence.synchronizes && evidence.syncs && !evidence.reads)
        #expect(evidence.warning?.hasPrefix("the journal cannot be read") == true)
    }

    @Test func `a journal in memory is never durable`() throws {
        try TemporaryDirectory.write("", to: directory.file("system.journal"))
        var place = place
        place.volatileDirectory = directory.path
        let evidence = JournaldEvidence(.auto, at: place, canRead: true)
        #expect(evidence.guarantee == .application && evidence.reads && !evidence.syncs)
        #expect(evidence.warning?.hasPrefix("journald keeps its journal in memory") == true)
        var files = JournalFiles(place)
        #expect(throws: JournalFiles.Failure.self) { try files.sync() }
    }

    @Test(arguments: [
        ("0::/system.slice/auditferry.service\n", "auditferry.service"),
        ("9:name=systemd:/system.slice/a.service\n0::/\n", "a.service"),
        ("0::/user.slice/user-1000.slice/user@1000.service/app.slice/app-x.scope\n", "app-x.scope"),
        ("4:memory:/x.service\n0::/\n", nil), ("", nil), ("0::\n:::\n", nil), ("0::/docker/0d5b\n", nil),
    ])
    func `the unit is that of the control group`(_ text: String, _ unit: String?) {
        #expect(ControlGroup.unit(in: text) == unit)
    }
}
