import AuditCore
import Glibc

/// The time of a message.
enum SyslogTime {
    /// RFC 5424 section 6.2.3, always with milliseconds; `-` where it is not known.
    static func rfc3339(_ instant: Instant?) -> String {
        guard let instant else { return "-" }
        let text = instant.text
        guard !text.contains("."), text.hasSuffix("Z") else { return text }
        return "\(text.dropLast()).000Z"
    }

    /// RFC 3164 section 4.1.2: local time without a year, the day with a space for a leading zero; now where it is not known.
    static func rfc3164(_ instant: Instant?) -> String {
        var seconds = instant.map { time_t($0.milliseconds / 1000) } ?? time(nil)
        var local = tm()
        localtime_r(&seconds, &local)
        let month = months[min(max(Int(local.tm_mon), 0), 11)]
        return "\(month) \(padded(local.tm_mday, " ")) \(padded(local.tm_hour)):\(padded(local.tm_min)):\(padded(local.tm_sec))"
    }

    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    private static func padded(_ number: Int32, _ padding: String = "0") -> String { (number < 10 ? padding : "") + "\(number)" }
}
