extension JSONScan {
    /// Steps over one value of any kind, which stands `level` levels deep, and adds to `sawWhitespace` whether there was any
    /// between its tokens. Without recursion, so that no document can exhaust the stack.
    @inline(__always)
    static func value(
        _ bytes: Span<UInt8>, _ position: inout Int, level: Int, sawWhitespace: inout Bool
    ) throws(ScanFailure) {
        switch try byte(bytes, position) {
        case UInt8(ascii: "\""): _ = try string(bytes, &position)
        case UInt8(ascii: "{"), UInt8(ascii: "["): try container(bytes, &position, level: level, sawWhitespace: &sawWhitespace)
        default: try atom(bytes, &position)
        }
    }

    /// Steps over a number or a word.
    private static func atom(_ bytes: Span<UInt8>, _ position: inout Int) throws(ScanFailure) {
        switch try byte(bytes, position) {
        case UInt8(ascii: "t"): try literal("true", bytes, &position)
        case UInt8(ascii: "f"): try literal("false", bytes, &position)
        case UInt8(ascii: "n"): try literal("null", bytes, &position)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): try number(bytes, &position)
        default: throw ScanFailure(.unexpectedByte, at: position)
        }
    }

    /// Steps over an object or an array. The lowest bit of `objects` tells whether the innermost one is an object.
    private static func container(
        _ bytes: Span<UInt8>, _ position: inout Int, level: Int, sawWhitespace: inout Bool
    ) throws(ScanFailure) {
        var objects: UInt64 = 0
        var depth = 0
        while true {
            let first = try byte(bytes, position)
            if first == UInt8(ascii: "{") || first == UInt8(ascii: "[") {
                depth += 1
                guard level + depth <= deepest else { throw ScanFailure(.tooDeep, at: position) }
                objects = objects << 1 | (first == UInt8(ascii: "{") ? 1 : 0)
                position += 1
                if whitespace(bytes, &position) { sawWhitespace = true }
                if try byte(bytes, position) != closing(objects) {
                    if objects & 1 == 1 { try key(bytes, &position, sawWhitespace: &sawWhitespace) }
                    continue
                }
            } else if first == UInt8(ascii: "\"") {
                _ = try string(bytes, &position)
            } else {
                try atom(bytes, &position)
            }
            try afterValue(bytes, &position, &objects, &depth, sawWhitespace: &sawWhitespace)
            if depth == 0 { return }
        }
    }

    /// From behind a value (or on the bracket that closes an empty container) to the next value, or out of the container.
    @inline(__always)
    private static func afterValue(
        _ bytes: Span<UInt8>, _ position: inout Int, _ objects: inout UInt64, _ depth: inout Int, sawWhitespace: inout Bool
    ) throws(ScanFailure) {
        while depth > 0 {
            if whitespace(bytes, &position) { sawWhitespace = true }
            let byte = try byte(bytes, position)
            if byte == UInt8(ascii: ",") {
                position += 1
                if whitespace(bytes, &position) { sawWhitespace = true }
                if objects & 1 == 1 { try key(bytes, &position, sawWhitespace: &sawWhitespace) }
                return
            }
            guard byte == closing(objects) else { throw ScanFailure(.unexpectedByte, at: position) }
            position += 1
            objects >>= 1
            depth -= 1
        }
    }

    @inline(__always)
    private static func closing(_ objects: UInt64) -> UInt8 {
        objects & 1 == 1 ? UInt8(ascii: "}") : UInt8(ascii: "]")
    }

    /// Steps over a member's name and colon, to its value.
    @inline(__always)
    private static func key(_ bytes: Span<UInt8>, _ position: inout Int, sawWhitespace: inout Bool) throws(ScanFailure) {
        _ = try string(bytes, &position)
        if whitespace(bytes, &position) { sawWhitespace = true }
        try expect(UInt8(ascii: ":"), bytes, &position)
        if whitespace(bytes, &position) { sawWhitespace = true }
    }
}
