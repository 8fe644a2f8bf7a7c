import AuditCore
import Formats
import Outputs

/// The keys of an output of type `syslog`.
enum SyslogSection {
    private enum Transport: String, CaseIterable {
        case udp, tcp, tls, unix
    }

    static let messageSizes = 480...(64 << 20)

    /// `nil` where something is wrong with it, which was reported.
    static func read(_ section: inout ConfigurationSection) -> SyslogSettings? {
        let words: ValueRule<Transport> = .cases("a transport")
        if !section.has("transport") {
            section.report("type", "'syslog' needs a 'transport' beside it; it is one of udp, tcp, tls, unix")
        }
        guard let transport = section.value("transport", words).flatMap({ read($0, &section) }) else {
            section.askForEverything()
            return nil
        }
        var settings = SyslogSettings(transport: transport)
        section.value("max_message_size", .size(messageSizes), into: &settings.largestMessage)
        readMessage(&section, &settings.message)
        return settings
    }

    private static func read(_ transport: Transport, _ section: inout ConfigurationSection) -> SyslogSettings.Transport? {
        switch transport {
        case .udp: return ConnectionSection.addresses(&section, type: "syslog").map { .udp($0) }
        case .unix: return .unix(path: section.value("path", .path) ?? "/dev/log")
        case .tcp, .tls:
            let connection = ConnectionSection.read(&section, type: "syslog", isSecure: transport == .tls)
            var framing = Framing.octetCounted
            var acknowledgement = StreamAcknowledgement.kernel
            section.value("framing", .cases("a framing"), into: &framing)
            section.value("acknowledgement", .cases("an acknowledgement"), into: &acknowledgement)
            return connection.map { .stream($0, framing, acknowledgement) }
        }
    }

    /// What other outputs that carry syslog messages have too.
    static func readMessage(_ section: inout ConfigurationSection, _ message: inout SyslogMessageSettings) {
        section.value("version", .cases("a version of syslog"), into: &message.version)
        section.value("facility", .cases("a facility"), into: &message.facility)
        section.value("app_name", .printable("a name", upTo: 48), into: &message.appName)
        message.hostname = section.value("hostname", .printable("a name", upTo: 255))
        message.messageID = section.value("message_id", .printable("a name", upTo: 32))
        section.value("byte_order_mark", .flag, into: &message.hasByteOrderMark)
        if section.isOff("structured_data") {
            message.enterpriseNumber = nil
        } else if var data = section.section("structured_data") {
            data.value("enterprise_number", .number(0...Int(UInt32.max)), into: &message.enterpriseNumber)
            data.finish(as: "outputs.*.structured_data")
        }
        message.severity = SeveritySection.read(&section)
    }
}

extension ValueRule where Value == String {
    /// Text of 1 to `most` printable ASCII characters without spaces (RFC 5424 section 6).
    static func printable(_ expectation: String, upTo most: Int) -> ValueRule {
        ValueRule("\(expectation) of 1 to \(most) printable ASCII characters without spaces") { text in
            (1...most).contains(text.utf8.count) && text.utf8.allSatisfy { (0x21...0x7e).contains($0) } ? text : nil
        }
    }
}
