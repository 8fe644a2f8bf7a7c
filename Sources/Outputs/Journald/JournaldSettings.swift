import Formats

public struct JournaldSettings: Sendable, Equatable {
    /// SYSLOG_IDENTIFIER: what `journalctl -t` selects.
    public var identifier = "auditferry"
    public var facility = SyslogFacility.audit
    public var severity = SeverityRules()
    public var acknowledgement = JournaldAcknowledgement.auto

    public init() {}
}

/// What counts as journald having an audit. `auto` is the first of the others that this process is permitted.
public enum JournaldAcknowledgement: String, CaseIterable, Sendable {
    case auto
    /// Every audit was found in the journal again, and the journal's files were synced after that.
    case readBack = "read_back"
    /// journald said that it has written all that had come by then. What its rate limit or its levels keep out is not noticed, unless the
    /// journal may be read as well: then every audit is looked for too.
    case synchronize
    /// journald took every audit out of its socket.
    case none
}
