import AuditAPI
import AuditCore
import Formats
import Logging

extension ValueRule where Value == TailConfiguration.Start {
    /// The longest time back: what the API keeps.
    static var longest: Duration { .seconds(365 * 86_400) }

    static var since: ValueRule {
        ValueRule("'now', a duration from 1s to \(longest.text), or an instant such as 2026-03-02T08:15:04Z") { text in
            if text == "now" { return .now }
            if let duration = Duration(text) { return (.seconds(1)...longest).contains(duration) ? .back(duration) : nil }
            return Instant(text).map { .at($0) }
        }
    }
}

extension ValueRule where Value == Format {
    static var format: ValueRule {
        .name("a format", Format.allCases.map { ($0.rawValue, $0) }, later: NotInThisVersion.formats)
    }
}

extension ValueRule where Value == Logger.Level {
    static var logLevel: ValueRule { .name("a log level", Logger.Level.allCases.map { ($0.rawValue, $0) }) }
}

extension ValueRule where Value == LogSettings.Format {
    static var logFormat: ValueRule { .name("a log format", LogSettings.Format.allCases.map { ($0.rawValue, $0) }) }
}

extension ValueRule where Value == FilterProperty {
    static var filterProperty: ValueRule { .name("a property", FilterProperty.documented.map { ($0.rawValue, $0) }) }
}

extension ValueRule where Value == Region {
    static var region: ValueRule {
        ValueRule(
            refusal: { text in
                let suggestion = Region.suggestion(for: text).map { "; did you mean '\($0)'?" }
                return "is not a region" + (suggestion ?? " such as us-east-1 or mypurecloud.ie")
            },
            parse: Region.init(_:))
    }
}

extension ValueRule where Value == RequestShare {
    static var requestsPerMinute: ValueRule {
        let number = ValueRule<Int>.number(1...3000)
        return ValueRule("'auto' or a whole number from 1 to 3000") { text in
            text == "auto" ? .automatic : number.parse(text).map { .perMinute($0) }
        }
    }
}
