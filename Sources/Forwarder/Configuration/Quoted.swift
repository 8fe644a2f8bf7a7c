/// Text of a user inside a message: in single quotes, on one line, of bounded length.
enum Quoted {
    /// Characters of a value that a message repeats.
    static let maximumLength = 80

    /// Without what stands before an `@`: in addresses that is a user, and maybe a password.
    static func value(_ text: String) -> String {
        let visible = text.lastIndex(of: "@").map { "…" + text[$0...] } ?? text
        var shown = ""
        for (count, scalar) in visible.unicodeScalars.enumerated() {
            guard count < maximumLength else { return "'\(shown)…'" }
            shown.unicodeScalars.append(isPrintable(scalar) ? scalar : "?")
        }
        return "'\(shown)'"
    }

    /// A key up to its first character that no key has. Where the space after the colon was forgotten, the value is part of
    /// the key, and may be a secret.
    static func key(_ text: String) -> String {
        let shown = text.unicodeScalars.prefix(maximumLength).prefix { isKey($0) }
        return shown.count == text.unicodeScalars.count ? "'\(String(shown))'" : "'\(String(shown))…'"
    }

    /// As `key`, for the path of a key, without quotes.
    static func step(_ text: String) -> String { String(key(text).dropFirst().dropLast()) }

    private static func isKey(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9", "_", ".", "-": true
        default: false
        }
    }

    private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: false
        default: true
        }
    }
}
