import AuditCore

/// What a value must be, the same in the file, in the environment and in a flag.
struct ValueRule<Value: Sendable>: Sendable {
    /// `nil` for a text that is no such value.
    let parse: @Sendable (String) -> Value?
    /// What to say of such a text, after the text itself: `is not a duration from 1s to 1h`.
    let refusal: @Sendable (String) -> String

    init(refusal: @escaping @Sendable (String) -> String, parse: @escaping @Sendable (String) -> Value?) {
        self.parse = parse
        self.refusal = refusal
    }

    init(_ expectation: String, parse: @escaping @Sendable (String) -> Value?) {
        self.init(refusal: { _ in "is not \(expectation)" }, parse: parse)
    }
}

extension ValueRule where Value == Bool {
    static var flag: ValueRule {
        ValueRule("'true' or 'false'") { ["true": true, "false": false][$0] }
    }
}

extension ValueRule where Value == Int {
    static func number(_ range: ClosedRange<Int>) -> ValueRule {
        ValueRule("a whole number from \(range.lowerBound) to \(range.upperBound)") { text in
            guard text.allSatisfy({ $0.isASCII && $0.isNumber }), let number = Int(text), range.contains(number) else {
                return nil
            }
            return number
        }
    }

    static func size(_ range: ClosedRange<Int>) -> ValueRule {
        ValueRule("a size from \(ByteSize.text(range.lowerBound)) to \(ByteSize.text(range.upperBound))") { text in
            ByteSize.parse(text).flatMap { range.contains($0) ? $0 : nil }
        }
    }
}

extension ValueRule where Value == Duration {
    static func duration(_ range: ClosedRange<Duration>) -> ValueRule {
        ValueRule("a duration from \(range.lowerBound.text) to \(range.upperBound.text)") { text in
            Duration(text).flatMap { range.contains($0) ? $0 : nil }
        }
    }
}

extension ValueRule where Value == Instant {
    static var instant: ValueRule {
        ValueRule("an instant such as 2026-03-02T08:15:04Z", parse: Instant.init(_:))
    }
}

extension ValueRule where Value == String {
    /// Text of 1 to `most` bytes without control characters.
    static func text(_ expectation: String, upTo most: Int) -> ValueRule {
        ValueRule("\(expectation) of 1 to \(most) printable characters") { isPlain($0, upTo: most) ? $0 : nil }
    }

    /// A path as the system takes it, with one trap kept out: only a shell knows what `~` means.
    static var path: ValueRule {
        ValueRule(
            refusal: { $0.hasPrefix("~") ? "begins with '~', which only a shell replaces; write '${HOME}'" : "is not a path" },
            parse: { $0.hasPrefix("~") || !isPlain($0, upTo: 4095) ? nil : $0 })
    }

    private static func isPlain(_ text: String, upTo most: Int) -> Bool {
        (1...most).contains(text.utf8.count) && !text.unicodeScalars.contains { $0.properties.generalCategory == .control }
    }
}

extension ValueRule {
    /// One of a few names. `later` are names that the documentation has and this version has not.
    static func name(_ noun: String, _ names: [(String, Value)], later: [String] = []) -> ValueRule {
        let known = names.map(\.0)
        return ValueRule(
            refusal: { text in
                if later.contains(text) { return "is \(noun) that this version does not have yet" }
                let question = NearestName.question(text, among: known + later)
                return "is not \(noun)" + (question.isEmpty ? "; it is one of \(known.joined(separator: ", "))" : question)
            },
            parse: { text in names.first { $0.0 == text }?.1 })
    }
}
