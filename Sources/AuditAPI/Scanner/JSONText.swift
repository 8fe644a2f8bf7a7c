import FoundationEssentials

/// The few values that are taken out of a scanned document.
enum JSONText {
    /// The text between two quotes; `nil` where an escape makes no character.
    static func string(_ bytes: Span<UInt8>, from start: Int, to end: Int, hasEscape: Bool) -> String? {
        guard hasEscape else {
            return String(decoding: copy(bytes, start, end), as: UTF8.self)
        }
        // Rare, so the standard decoder may be slow; it wants the quotes.
        return try? JSONDecoder().decode(String.self, from: Data(copy(bytes, start - 1, end + 1)))
    }

    /// A whole number within 64 bits; `nil` for a fraction, an exponent or anything larger.
    static func integer(_ bytes: Span<UInt8>, from start: Int, to end: Int) -> Int64? {
        Int64(String(decoding: copy(bytes, start, end), as: UTF8.self))
    }

    private static func copy(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> [UInt8] {
        (start..<end).map { bytes[$0] }
    }
}
