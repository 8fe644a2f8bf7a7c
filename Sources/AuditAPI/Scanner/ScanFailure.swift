/// Why bytes are not the JSON document that they should be. It tells the place, never the bytes.
struct ScanFailure: Error, Equatable {
    enum Reason: String {
        case truncated = "it is cut off"
        case unexpectedByte = "a byte stands where it cannot"
        case controlCharacter = "a control character stands in a string"
        case escape = "a string has a malformed escape"
        case number = "a number is malformed"
        case literal = "a literal is malformed"
        case tooDeep = "it is nested too deep"
        case trailing = "something follows its end"
        case tooMany = "it has too many elements"
        case tooLarge = "one element is too large"
        case schema = "it has not the members it must have"
    }

    let reason: Reason
    /// Bytes from the start of what was scanned.
    let position: Int

    init(_ reason: Reason, at position: Int) {
        self.reason = reason
        self.position = position
    }
}
