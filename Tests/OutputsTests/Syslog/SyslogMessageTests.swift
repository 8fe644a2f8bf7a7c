import AuditCore
import Formats
import Glibc
import TestTraits
import Testing

@Suite(.fewAtATime)
struct SyslogMessageTests {
    private static let audit =
        #"{"id":"f00d","user":{"id":"u1","name":"Ana \"A\" ]\\ Ω"},"remoteIp":["192.0.2.1","::1"],"serviceName":"People Permissions","#
        + #""level":"USER","eventDate":"2026-03-02T08:05:04Z","action":"MemberAdd","entity":{"id":"e1","name":"a\nb\u0000c"},"#
        + #""entityType":"Queue","status":"SUCCESS"}"#

    private func message(_ settings: SyslogMessageSettings = named, keepsLineEnds: Bool = true, instant: Instant? = instant)
        -> String
    {
        let bytes = Array(Self.audit.utf8)
        let audit = RawAudit(id: nil, instant: instant, start: 0, end: bytes.count, hasWhitespace: false)
        var buffer: [UInt8] = []
        SyslogMessage(settings: settings, format: .json, keepsLineEnds: keepsLineEnds)
            .append(audit, of: AuditPage(bytes: bytes, audits: [audit]), to: &buffer)
        return String(decoding: buffer, as: UTF8.self)
    }

    private static let instant = Instant("2026-03-02T08:05:04Z")
    private static var named: SyslogMessageSettings {
        var settings = SyslogMessageSettings()
        settings.hostname = "host.example"
        return settings
    }

    @Test func `a message of RFC 5424 has every part, and structured data with its three escapes`() {
        let data =
            #"[genesys@32473 id="f00d" service="People Permissions" action="MemberAdd" entityType="Queue" entityId="e1" "#
            + "entityName=\"a\nb\u{fffd}c\" " + #"userId="u1" userName="Ana \"A\" \]\\ Ω" level="USER" status="SUCCESS" "#
            + #"remoteIp="192.0.2.1" remoteIp="::1"]"#
        #expect(
            message()
                == "<109>1 2026-03-02T08:05:04.000Z host.example auditferry \(getpid()) People_Permissions \(data) \(Self.audit)")
        #expect(message(keepsLineEnds: false).contains("entityName=\"a b\u{fffd}c\""))
    }

    @Test func `its parts can be chosen`() {
        var settings = Self.named
        settings.facility = .local3
        settings.severity = SeverityRules(rules: [.init(severity: .alert)])
        settings.appName = "genesys"
        settings.messageID = "audit"
        settings.enterpriseNumber = nil
        settings.hasByteOrderMark = true
        #expect(
            message(settings, instant: nil) == "<153>1 - host.example genesys \(getpid()) audit - \u{feff}\(Self.audit)")
    }

    @Test func `a message of RFC 3164 has local time and a tag`() {
        var settings = Self.named
        settings.version = .rfc3164
        var seconds = time_t(1_772_438_704)
        var local = tm()
        localtime_r(&seconds, &local)
        var text = [CChar](repeating: 0, count: 32)
        _ = strftime(&text, text.count, "%b %e %H:%M:%S", &local)
        let time = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        #expect(message(settings) == "<109>\(time) host.example auditferry[\(getpid())]: \(Self.audit)")
    }

    @Test func `names that are none become such`() {
        var settings = Self.named
        settings.hostname = "a b\u{e9}"
        settings.messageID = String(repeating: "x", count: 40)
        let parts = message(settings).split(separator: " ")
        #expect(parts[2] == "a_b_" && parts[5].count == 32)
    }

    @Test func `facilities have the numbers of the RFC`() {
        #expect(SyslogFacility.allCases.count == 24)
        #expect(SyslogFacility.kern.number == 0 && SyslogFacility.audit.number == 13 && SyslogFacility.local7.number == 23)
    }
}
