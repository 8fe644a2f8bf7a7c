/// How an event becomes a syslog message.
public struct SyslogMessageSettings: Sendable, Equatable {
    public enum Version: String, CaseIterable, Sendable {
        case rfc5424, rfc3164
    }

    public var version = Version.rfc5424
    /// `audit` is the RFC's own name for number 13, log audit.
    public var facility = SyslogFacility.audit
    public var severity = SeverityRules()
    /// 1 to 48 printable ASCII characters (RFC 5424 section 6.2.5).
    public var appName = "auditferry"
    /// 1 to 255 printable ASCII characters; `nil` is the machine's.
    public var hostname: String?
    /// 1 to 32 printable ASCII characters; `nil` is the audit's service, which is cut to 32 where it is longer.
    public var messageID: String?
    /// The IANA private enterprise number in the name of the structured data, `genesys@32473`, which is the one for documentation (RFC 5612);
    /// `nil` leaves the structured data out.
    public var enterpriseNumber: Int? = 32473
    /// Whether a message begins with the byte order mark that RFC 5424 section 6.4 wants and that most receivers leave in it.
    public var hasByteOrderMark = false

    public init() {}
}
