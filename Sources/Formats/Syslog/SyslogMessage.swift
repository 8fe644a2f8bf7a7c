import AuditCore
import Glibc

/// An event as a syslog message, without a frame: of RFC 5424, or of the older form that RFC 3164 describes.
public struct SyslogMessage: Sendable {
    private let settings: SyslogMessageSettings
    private let format: Format
    private let keepsLineEnds: Bool
    /// Between the time and the message's own parts.
    private let hostname: [UInt8]
    private let appName: [UInt8]
    private let processID: [UInt8]

    /// - Parameter keepsLineEnds: whether a line end may stand in the structured data, since the message's frame does not end at one.
    public init(settings: SyslogMessageSettings, format: Format, keepsLineEnds: Bool) {
        self.settings = settings
        self.keepsLineEnds = keepsLineEnds
        self.format = format
        hostname = SyslogMessage.name(settings.hostname ?? SyslogMessage.machine(), upTo: 255)
        appName = SyslogMessage.name(settings.appName, upTo: 48)
        processID = Array("\(getpid())".utf8)
    }

    /// Appends the whole message.
    public func append(_ audit: RawAudit, of page: AuditPage, to buffer: inout [UInt8]) {
        let fields = AuditFields(audit, of: page)
        let priority = settings.facility.number * 8 + settings.severity.severity(of: fields).rawValue
        buffer += "<\(priority)>".utf8
        switch settings.version {
        case .rfc5424: appendHeader(fields, audit, to: &buffer)
        case .rfc3164: appendOldHeader(audit, to: &buffer)
        }
        format.append(audit, of: page, to: &buffer)
    }

    private func appendHeader(_ fields: AuditFields, _ audit: RawAudit, to buffer: inout [UInt8]) {
        buffer += "1 ".utf8
        buffer += SyslogTime.rfc3339(audit.instant).utf8
        buffer.append(SyslogMessage.space)
        buffer += hostname
        buffer.append(SyslogMessage.space)
        buffer += appName
        buffer.append(SyslogMessage.space)
        buffer += processID
        buffer.append(SyslogMessage.space)
        buffer += SyslogMessage.name(settings.messageID ?? fields[.service] ?? "-", upTo: 32)
        buffer.append(SyslogMessage.space)
        if let number = settings.enterpriseNumber {
            StructuredData.append(fields, enterprise: number, keepsLineEnds: keepsLineEnds, to: &buffer)
        } else {
            buffer.append(UInt8(ascii: "-"))
        }
        buffer.append(SyslogMessage.space)
        if settings.hasByteOrderMark { buffer += [0xef, 0xbb, 0xbf] }
    }

    /// RFC 3164 section 4.1: the time, the host, and a tag with the process's number.
    private func appendOldHeader(_ audit: RawAudit, to buffer: inout [UInt8]) {
        buffer += SyslogTime.rfc3164(audit.instant).utf8
        buffer.append(SyslogMessage.space)
        buffer += hostname
        buffer.append(SyslogMessage.space)
        // Section 4.1.3: a tag ends at what is neither a letter nor a digit, and after 32 of them.
        buffer += appName.prefix(32)
        buffer.append(UInt8(ascii: "["))
        buffer += processID
        buffer += "]: ".utf8
    }

    private static let space = UInt8(ascii: " ")

    /// Printable ASCII without spaces (RFC 5424 section 6, PRINTUSASCII); anything else is `_`, and nothing at all is `-`.
    private static func name(_ text: String, upTo most: Int) -> [UInt8] {
        let bytes = text.unicodeScalars.prefix(most).map {
            (0x21...0x7e).contains($0.value) ? UInt8($0.value) : UInt8(ascii: "_")
        }
        return bytes.isEmpty ? [UInt8(ascii: "-")] : bytes
    }

    private static func machine() -> String {
        var name = [CChar](repeating: 0, count: 256)
        guard gethostname(&name, name.count - 1) == 0 else { return "-" }
        return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
