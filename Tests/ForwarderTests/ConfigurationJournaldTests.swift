import Formats
import Outputs
import TestTraits
import Testing

@testable import Forwarder

@Suite(.fewAtATime)
struct ConfigurationJournaldTests {
    private func settings(_ keys: String) throws -> JournaldSettings? {
        let output = try Fixture.load("outputs: {log: {type: journald\(keys)}}").outputs.first
        guard case .journald(let settings)? = output?.kind else { return nil }
        return settings
    }

    @Test func `journald needs no more than its type`() throws {
        let settings = try #require(try settings(""))
        #expect(settings == JournaldSettings())
        #expect(settings.identifier == "auditferry" && settings.facility == .audit && settings.acknowledgement == .auto)
    }

    @Test func `everything can be said of journald`() throws {
        let settings = try #require(
            try settings(
                ", identifier: genesys, facility: local3, acknowledgement: read_back, severity: [{severity: err, actions: [Delete]}]"
            ))
        #expect(settings.identifier == "genesys" && settings.facility == .local3 && settings.acknowledgement == .readBack)
        #expect(settings.severity.rules.map(\.severity) == [.error])
    }

    @Test(arguments: [
        ("acknowledgement: sync", "acknowledgement: 'sync' is not an acknowledgement; did you mean 'synchronize'?"),
        ("identifier: 'a b'", "identifier: 'a b' is not a name of 1 to 64 printable ASCII characters without spaces"),
        (
            "facility: 13",
            "facility: '13' is not a facility; it is one of \(SyslogFacility.allCases.map(\.rawValue).joined(separator: ", "))"
        ),
        ("address: 'a:1'", "address: unknown key"),
    ])
    func `what cannot be is refused with the reason`(_ keys: String, _ problem: String) {
        let problems = Fixture.problems("outputs: {log: {type: journald, \(keys)}}")
        #expect(problems.count == 1)
        #expect(problems.first?.hasSuffix("outputs.log.\(problem)") == true, "\(problems)")
    }
}
