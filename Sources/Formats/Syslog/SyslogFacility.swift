/// What part of a system a message comes from, by the numbers of RFC 5424 section 6.2.1, with the names of syslog.conf(5).
public enum SyslogFacility: String, CaseIterable, Sendable {
    case kern, user, mail, daemon, auth, syslog, lpr, news, uucp, cron, authpriv, ftp, ntp, audit, alert, clock
    case local0, local1, local2, local3, local4, local5, local6, local7

    /// 0 to 23.
    public var number: Int { SyslogFacility.allCases.firstIndex(of: self) ?? 0 }
}
