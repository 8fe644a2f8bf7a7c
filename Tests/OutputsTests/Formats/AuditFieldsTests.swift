import AuditCore
import Formats
import TestTraits
import Testing

@Suite(.fewAtATime)
struct AuditFieldsTests {
    private func fields(_ json: String) -> AuditFields {
        let bytes = Array("  \(json)  ".utf8)
        let audit = RawAudit(id: nil, instant: nil, start: 2, end: bytes.count - 2, hasWhitespace: true)
        return AuditFields(audit, of: AuditPage(bytes: bytes, audits: [audit]))
    }

    @Test func `the members of a query result are found, whatever stands between them`() {
        let fields = fields(
            #"""
            { "x" : [ {"id":"no"}, "]" ] , "id":"f00d", "user":{"selfUri":"u","id":"69","name":"Zo\u00eb \"\ud83e\udd8a\"\n"},
              "client":{"id":""}, "remoteIp":["203.0.113.9" , "2001:db8::17",""], "serviceName":"Architect", "level":"USER",
              "eventDate":"2026-03-02T08:19:42Z","action":"Publish","entity":{"id":"f1","name":"Main IVR"},"entityType":"Flow",
              "status":"SUCCESS","application":"Architect","initiatingAction":{"transactionId":"t"},"transactionInitiator":true,
              "message":{"localizableMessageCode":"CODE","messageParams":{"id":"no"}}, "userHomeOrgId":"org" }
            """#)
        #expect(fields[.id] == "f00d")
        #expect(fields[.userID] == "69")
        #expect(fields[.userName] == "Zoë \"🦊\"\n")
        #expect(fields[.clientID] == nil)
        #expect(fields.remoteIPs == ["203.0.113.9", "2001:db8::17"])
        #expect(fields[.service] == "Architect" && fields[.application] == "Architect" && fields[.level] == "USER")
        #expect(fields[.eventDate] == "2026-03-02T08:19:42Z" && fields[.action] == "Publish")
        #expect(fields[.entityID] == "f1" && fields[.entityName] == "Main IVR" && fields[.entityType] == "Flow")
        #expect(fields[.status] == "SUCCESS" && fields[.transactionID] == "t" && fields[.messageCode] == "CODE")
        #expect(fields[.userHomeOrgID] == "org")
    }

    @Test func `the members of a downloaded result are found`() {
        let fields = fields(
            #"{"userId":"u","userDisplay":"Ana","clientId":{"id":"c"},"remoteIp":"192.0.2.1","eventTime":"t","entity":{"id":"e"}}"#
        )
        #expect(fields[.userID] == "u" && fields[.userName] == "Ana" && fields[.clientID] == "c")
        #expect(fields.remoteIPs == ["192.0.2.1"] && fields[.eventDate] == "t" && fields[.entityID] == "e")
    }

    @Test(arguments: [
        #"{"id":7,"action":null,"entity":null,"user":[],"remoteIp":{},"serviceName":{"id":"x"},"level":""}"#, "{}", "{", "", "[",
        "\"",
        #"{"id"#, #"{"id":"#, #"{"id":""#, #"{"id":"\"#, #"{"entity":{"id":"#, #"{"remoteIp":["#, #"{"remoteIp":[""#,
    ])
    func `what is missing, of another type or cut off is missing`(_ json: String) {
        let fields = fields(json)
        for name in AuditFields.Name.allCases { #expect(fields[name] == nil) }
        #expect(fields.remoteIPs == [])
    }

    @Test(arguments: [
        (#"a\u0000b"#, "a\u{0}b"), (#"\ud83d"#, "\u{fffd}"), (#"\ud83dx"#, "\u{fffd}x"), (#"\ud83d\u0041"#, "\u{fffd}A"),
        (#"\udd8a"#, "\u{fffd}"), (#"\/\b\f\r\t\\"#, "/\u{8}\u{c}\r\t\\"), (#"é🦊"#, "é🦊"),
    ])
    func `texts are decoded`(_ json: String, _ text: String) {
        #expect(fields("{\"action\":\"\(json)\"}")[.action] == text)
    }

    @Test(arguments: [
        (#"{"status":"FAILURE","action":"Read"}"#, Severity.warning), (#"{"action":"AuthenticationFailed"}"#, .warning),
        (#"{"status":"SUCCESS","action":"ViewRecording"}"#, .informational),
        (#"{"action":"Update","entityType":"Queue"}"#, .notice),
        (#"{"action":"MemberAdd","entityType":"Role"}"#, .warning), ("{}", .notice),
    ])
    func `outcome, action and entity make the usual severity`(_ json: String, _ severity: Severity) {
        #expect(SeverityRules().severity(of: fields(json)) == severity)
    }

    @Test func `the first rule that fits decides`() {
        var queues = SeverityRules.Rule(severity: .alert)
        queues.entityTypes = ["Queue"]
        queues.actions = ["Delete", "Update"]
        var all = SeverityRules.Rule(severity: .debug)
        all.services = ["ContactCenter"]
        let rules = SeverityRules(rules: [queues, all])
        #expect(rules.severity(of: fields(#"{"entityType":"Queue","action":"Delete","serviceName":"ContactCenter"}"#)) == .alert)
        #expect(rules.severity(of: fields(#"{"entityType":"Queue","action":"Create","serviceName":"ContactCenter"}"#)) == .debug)
        #expect(rules.severity(of: fields(#"{"entityType":"Queue","action":"Create"}"#)) == .notice)
    }
}
