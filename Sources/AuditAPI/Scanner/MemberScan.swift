/// Walks over the members of one object without building them.
struct MemberScan {
    /// One member: the name between its quotes, and where the value begins.
    struct Member {
        let nameStart: Int
        let nameEnd: Int
        let nameHasEscape: Bool
    }

    private var isFirst = true
    private(set) var sawWhitespace = false

    /// On the brace that opens the object: goes to the first value. On the first byte behind a value: goes to the next. `nil`
    /// behind the closing brace.
    @inline(__always)
    mutating func next(_ bytes: Span<UInt8>, _ position: inout Int) throws(ScanFailure) -> Member? {
        if isFirst {
            try JSONScan.expect(UInt8(ascii: "{"), bytes, &position)
        }
        skipWhitespace(bytes, &position)
        let byte = try JSONScan.byte(bytes, position)
        if byte == UInt8(ascii: "}") {
            position += 1
            return nil
        }
        if !isFirst {
            guard byte == UInt8(ascii: ",") else { throw ScanFailure(.unexpectedByte, at: position) }
            position += 1
            skipWhitespace(bytes, &position)
        }
        isFirst = false
        let start = position + 1
        let hasEscape = try JSONScan.string(bytes, &position)
        let end = position - 1
        skipWhitespace(bytes, &position)
        try JSONScan.expect(UInt8(ascii: ":"), bytes, &position)
        skipWhitespace(bytes, &position)
        return Member(nameStart: start, nameEnd: end, nameHasEscape: hasEscape)
    }

    /// Steps over the member's value.
    @inline(__always)
    mutating func skipValue(_ bytes: Span<UInt8>, _ position: inout Int, level: Int) throws(ScanFailure) {
        try JSONScan.value(bytes, &position, level: level, sawWhitespace: &sawWhitespace)
    }

    @inline(__always)
    private mutating func skipWhitespace(_ bytes: Span<UInt8>, _ position: inout Int) {
        if JSONScan.whitespace(bytes, &position) { sawWhitespace = true }
    }
}

extension MemberScan.Member {
    /// Whether the name is this one, written with escapes or without.
    @inline(__always)
    func isNamed(_ name: StaticString, _ bytes: Span<UInt8>) -> Bool {
        if nameHasEscape { return unescapedName(bytes) == "\(name)" }
        guard nameEnd - nameStart == name.utf8CodeUnitCount else { return false }
        for index in 0..<name.utf8CodeUnitCount where bytes[nameStart + index] != name.utf8Start[index] {
            return false
        }
        return true
    }

    private func unescapedName(_ bytes: Span<UInt8>) -> String? {
        JSONText.string(bytes, from: nameStart, to: nameEnd, hasEscape: true)
    }
}
