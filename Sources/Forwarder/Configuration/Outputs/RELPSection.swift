import AuditCore
import Formats
import Outputs

/// The keys of an output of type `relp`.
enum RELPSection {
    private enum Payload: String, CaseIterable {
        case syslog, raw
    }

    private static let windows = 1...65_536
    private static let answerTimeouts = Duration.seconds(1)...Duration.seconds(86_400)

    /// `nil` where something is wrong with it, which was reported.
    static func read(_ section: inout ConfigurationSection) -> RELPSettings? {
        let connection = ConnectionSection.read(&section, type: "relp")
        var settings = RELPSettings(connection: connection ?? ConnectionSettings(addresses: []))
        section.value("window", .number(windows), into: &settings.window)
        section.value("max_message_size", .size(SyslogSection.messageSizes), into: &settings.largestMessage)
        section.value("answer_timeout", .duration(answerTimeouts), into: &settings.answerTimeout)
        if section.value("payload", .cases("a payload")) ?? Payload.syslog == .raw {
            settings.payload = .raw
        } else {
            var message = SyslogMessageSettings()
            SyslogSection.readMessage(&section, &message)
            settings.payload = .syslog(message)
        }
        return connection == nil ? nil : settings
    }
}
