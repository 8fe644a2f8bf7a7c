/// RFC 3339 in both directions, without Foundation: this stands on the path of every audit.
extension Instant {
    /// Reads `yyyy-MM-dd'T'HH:mm:ss`, an optional fraction and an optional `Z` or `±HH:MM` (RFC 3339 section 5.6; without an offset it
    /// is UTC, as older samples of the API have it). `nil` for anything else.
    public init?(_ text: String) {
        var copy = text
        let parsed: Instant? = copy.withUTF8 { Instant(rfc3339: $0.span) }
        guard let parsed else { return nil }
        self = parsed
    }

    /// As `init(_:)`, on the bytes of the text.
    public init?(rfc3339 bytes: Span<UInt8>) {
        guard bytes.count >= 19,
            let year = Instant.number(bytes, 0, 4), bytes[4] == UInt8(ascii: "-"),
            let month = Instant.number(bytes, 5, 2), bytes[7] == UInt8(ascii: "-"),
            let day = Instant.number(bytes, 8, 2), bytes[10] == UInt8(ascii: "T") || bytes[10] == UInt8(ascii: "t"),
            let hour = Instant.number(bytes, 11, 2), bytes[13] == UInt8(ascii: ":"),
            let minute = Instant.number(bytes, 14, 2), bytes[16] == UInt8(ascii: ":"),
            let second = Instant.number(bytes, 17, 2),
            (1...12).contains(month), day >= 1, day <= Instant.days(inMonth: month, year: year),
            hour < 24, minute < 60, second <= 60
        else { return nil }
        var position = 19
        var fraction = 0
        if position < bytes.count, bytes[position] == UInt8(ascii: ".") {
            position += 1
            let first = position
            var weight = 100
            while position < bytes.count, bytes[position] &- UInt8(ascii: "0") < 10 {
                fraction += Int(bytes[position] - UInt8(ascii: "0")) * weight
                weight /= 10
                position += 1
            }
            guard position > first else { return nil }
        }
        guard let offset = Instant.offset(bytes, position) else { return nil }
        let days = Instant.days(year: year, month: month, day: day)
        let seconds = days * 86_400 + hour * 3600 + minute * 60 + second - offset
        self.init(milliseconds: Int64(seconds) * 1000 + Int64(fraction))
    }

    /// `2026-03-02T08:15:04Z`, with `.SSS` where there are milliseconds: the form that the API's `interval` takes.
    public var text: String {
        let seconds = wholeSecond.milliseconds / 1000
        let fraction = Int(milliseconds - seconds * 1000)
        let dayNumber = Int((seconds >= 0 ? seconds : seconds - 86_399) / 86_400)
        let ofDay = Int(seconds) - dayNumber * 86_400
        let (year, month, day) = Instant.civil(days: dayNumber)
        var digits: [UInt8] = []
        digits.reserveCapacity(24)
        func put(_ value: Int, _ width: Int, _ after: Unicode.Scalar?) {
            var divisor = width == 4 ? 1000 : width == 3 ? 100 : 10
            while divisor > 0 {
                digits.append(UInt8(ascii: "0") + UInt8(value / divisor % 10))
                divisor /= 10
            }
            if let after { digits.append(UInt8(ascii: after)) }
        }
        put(year, 4, "-")
        put(month, 2, "-")
        put(day, 2, "T")
        put(ofDay / 3600, 2, ":")
        put(ofDay / 60 % 60, 2, ":")
        put(ofDay % 60, 2, fraction == 0 ? "Z" : ".")
        if fraction != 0 { put(fraction, 3, "Z") }
        return String(decoding: digits, as: UTF8.self)
    }

    private static func number(_ bytes: Span<UInt8>, _ start: Int, _ length: Int) -> Int? {
        var value = 0
        for index in start..<start + length {
            let digit = bytes[index] &- UInt8(ascii: "0")
            guard digit < 10 else { return nil }
            value = value * 10 + Int(digit)
        }
        return value
    }

    /// Seconds east of UTC written at `position` to the end; `nil` for what is no offset.
    private static func offset(_ bytes: Span<UInt8>, _ position: Int) -> Int? {
        let rest = bytes.count - position
        if rest == 0 { return 0 }
        if rest == 1 { return bytes[position] == UInt8(ascii: "Z") || bytes[position] == UInt8(ascii: "z") ? 0 : nil }
        guard rest == 6, bytes[position + 3] == UInt8(ascii: ":"),
            let hours = number(bytes, position + 1, 2), let minutes = number(bytes, position + 4, 2), hours < 24, minutes < 60
        else { return nil }
        switch bytes[position] {
        case UInt8(ascii: "+"): return hours * 3600 + minutes * 60
        case UInt8(ascii: "-"): return -(hours * 3600 + minutes * 60)
        default: return nil
        }
    }

    private static func days(inMonth month: Int, year: Int) -> Int {
        switch month {
        case 2: (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Days since 1970-01-01 in the proleptic Gregorian calendar, counted in 400-year eras that begin on 1 March.
    private static func days(year: Int, month: Int, day: Int) -> Int {
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    /// The inverse of `days(year:month:day:)`.
    private static func civil(days: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }
}

extension Instant: CustomStringConvertible {
    public var description: String { text }
}
