import AuditCore
import Engine
import Formats
import TestTraits
import Testing

@testable import Outputs

/// The wire format of journald's native protocol, decoded by a reader that was written from its description.
@Suite(.fewAtATime)
struct JournalEntryTests {
    @Test func `a plain value stands behind an equals sign`() {
        var entry = JournalEntry()
        entry.add("MESSAGE", "a = b [c] \"d\" 🦊\t")
        entry.add("EMPTY", "")
        #expect(String(decoding: entry.bytes, as: UTF8.self) == "MESSAGE=a = b [c] \"d\" 🦊\t\nEMPTY=\n")
    }

    @Test func `a value with a line end is written with its length`() {
        var entry = JournalEntry()
        entry.add("MESSAGE", "a\nb")
        #expect(entry.bytes == Array("MESSAGE\n".utf8) + [3, 0, 0, 0, 0, 0, 0, 0] + Array("a\nb\n".utf8))
    }

    private static let values: [[UInt8]] = [
        [], [10], [10, 10], [0], Array(0...255), [61, 10, 61], Array("X=1\nPRIORITY=0\n".utf8), Array(repeating: 10, count: 300),
        Array(repeating: 120, count: 1 << 20), Array(repeating: 0, count: 1 << 20),
    ]

    @Test(arguments: values)
    func `any value is read back`(_ value: [UInt8]) throws {
        var entry = JournalEntry()
        entry.add("BEFORE", "1")
        entry.add("MESSAGE", value)
        entry.add("BEHIND", "2")
        let fields = try #require(WireEntry(entry.bytes)).fields
        #expect(fields.map(\.name) == ["BEFORE", "MESSAGE", "BEHIND"])
        #expect(fields[1].value == value)
    }

    @Test(arguments: [
        ("MESSAGE", true), ("A", true), ("A_1", true), (String(repeating: "A", count: 64), true), ("", false), ("_A", false),
        ("1A", false), ("a", false), ("A-B", false), ("A.B", false), ("Ä", false), (String(repeating: "A", count: 65), false),
    ])
    func `names are those that journald takes`(_ name: String, _ isValid: Bool) {
        #expect(JournalEntry.isValid(name) == isValid)
    }
}

/// What stands in an audit's entry.
@Suite(.fewAtATime)
struct JournalFieldsTests {
    private func entry(_ json: String, isRecord: Bool = false, _ change: (inout JournaldSettings) -> Void = { _ in }) throws
        -> WireEntry
    {
        var settings = JournaldSettings()
        change(&settings)
        let bytes = Array(json.utf8)
        let audit = RawAudit(id: nil, instant: nil, start: 0, end: bytes.count, hasWhitespace: false)
        let batch = Batch(sequence: 1, page: AuditPage(bytes: bytes, audits: [audit]), audits: [audit], isRecord: isRecord)
        let fields = JournalFields(settings: settings, format: .json)
        return try #require(WireEntry(fields.entry(audit, of: batch, mark: ("token", 7))))
    }

    @Test func `every member that has a value is a field, by a name that journald takes, once`() throws {
        let json =
            #"{"id":"i","serviceName":"s\n","action":"a","level":"USER","status":"FAILURE","eventDate":"d","application":"p","#
            + #""entityType":"t","entity":{"id":"e","name":"n"},"user":{"id":"u","name":"x"},"userHomeOrgId":"o","client":{"id":"c"},"#
            + #""initiatingAction":{"transactionId":"ta"},"message":{"localizableMessageCode":"m"},"remoteIp":["1","2"]}"#
        let entry = try entry(json)
        let expected = [
            "MESSAGE": json, "MESSAGE_ID": "e0ec92a663c245d62aeaab513084ea64", "PRIORITY": "4", "SYSLOG_IDENTIFIER": "auditferry",
            "SYSLOG_FACILITY": "13", "GENESYS_AUDIT_ID": "i", "GENESYS_SERVICE": "s\n", "GENESYS_ACTION": "a",
            "GENESYS_LEVEL": "USER",
            "GENESYS_OUTCOME": "FAILURE", "GENESYS_EVENT_DATE": "d", "GENESYS_APPLICATION": "p", "GENESYS_ENTITY_TYPE": "t",
            "GENESYS_ENTITY_ID": "e", "GENESYS_ENTITY_NAME": "n", "GENESYS_USER_ID": "u", "GENESYS_USER_NAME": "x",
            "GENESYS_USER_HOME_ORG_ID": "o", "GENESYS_CLIENT_ID": "c", "GENESYS_TRANSACTION_ID": "ta",
            "GENESYS_MESSAGE_CODE": "m",
            "AUDITFERRY_BATCH": "token", "AUDITFERRY_PLACE": "7",
        ]
        for (name, value) in expected { #expect(entry[name] == [value], "\(name)") }
        #expect(entry["GENESYS_REMOTE_IP"] == ["1", "2"])
        #expect(entry.fields.count == expected.count + 2)
        #expect(entry.fields.allSatisfy { JournalEntry.isValid($0.name) })
    }

    @Test func `an audit with any number of addresses stays below journald's bound`() throws {
        let addresses = (0..<5000).map { "\"\($0)\"" }.joined(separator: ",")
        let entry = try entry("{\"remoteIp\":[\(addresses)]}")
        #expect(entry["GENESYS_REMOTE_IP"].count == JournalFields.mostRemoteIPs)
        #expect(entry.fields.count < JournalEntry.mostFields)
    }

    @Test func `settings are followed`() throws {
        let entry = try entry(#"{"action":"Delete"}"#) {
            $0.identifier = "genesys"
            $0.facility = .local7
            $0.severity = SeverityRules(rules: [.init(severity: .critical)])
        }
        #expect(entry["SYSLOG_IDENTIFIER"] == ["genesys"] && entry["SYSLOG_FACILITY"] == ["23"] && entry["PRIORITY"] == ["2"])
    }

    @Test func `what the program says of itself is told from an audit`() throws {
        let entry = try entry(#"{"auditferry":"heartbeat","id":"x"}"#, isRecord: true)
        #expect(entry["MESSAGE_ID"] == ["a7a6f80e07ab7a56bab7ab63d97849f8"] && entry["PRIORITY"] == ["6"])
        #expect(entry["GENESYS_AUDIT_ID"] == [])
    }
}
