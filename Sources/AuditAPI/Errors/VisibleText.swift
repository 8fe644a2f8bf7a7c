/// Text of the network that goes into an error: bounded, on one line, without control characters.
enum VisibleText {
    static let longest = 300

    static func cut(_ text: String) -> String {
        let visible = text.unicodeScalars.prefix(longest + 1).map { scalar -> Character in
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: " "
            default: Character(scalar)
            }
        }
        return visible.count > longest ? String(visible.prefix(longest)) + "…" : String(visible)
    }

    /// `cut`, with each secret that the text repeats blacked out.
    static func cut(_ text: String, hiding secrets: [String]) -> String {
        cut(secrets.filter { !$0.isEmpty }.reduce(text) { $0.replacing($1, with: "[redacted]") })
    }
}
