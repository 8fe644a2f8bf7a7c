/// The text of a JSON string (RFC 8259 section 7).
enum StringText {
    /// - Parameter bytes: what stands between the quotes. What is no UTF-8, and half a surrogate pair, becomes U+FFFD.
    static func decode(_ bytes: ArraySlice<UInt8>) -> String {
        guard bytes.contains(UInt8(ascii: "\\")) else { return String(decoding: bytes, as: UTF8.self) }
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count)
        var rest = bytes
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "\\"), let escape = rest.popFirst() else {
                text.append(byte)
                continue
            }
            switch escape {
            case UInt8(ascii: "b"): text.append(0x08)
            case UInt8(ascii: "f"): text.append(0x0c)
            case UInt8(ascii: "n"): text.append(0x0a)
            case UInt8(ascii: "r"): text.append(0x0d)
            case UInt8(ascii: "t"): text.append(0x09)
            case UInt8(ascii: "u"): text.append(contentsOf: UTF8.encode(scalar(&rest)).map { Array($0) } ?? [])
            default: text.append(escape)
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Behind `\u`: one scalar, of one escape or of two.
    private static func scalar(_ rest: inout ArraySlice<UInt8>) -> Unicode.Scalar {
        let high = unit(&rest)
        if let scalar = Unicode.Scalar(high) { return scalar }
        var ahead = rest
        guard UTF16.isLeadSurrogate(UInt16(high)), ahead.popFirst() == UInt8(ascii: "\\"), ahead.popFirst() == UInt8(ascii: "u")
        else { return "\u{fffd}" }
        let low = unit(&ahead)
        guard UTF16.isTrailSurrogate(UInt16(low)) else { return "\u{fffd}" }
        rest = ahead
        return Unicode.Scalar(0x10000 + (high - 0xd800) << 10 + (low - 0xdc00)) ?? "\u{fffd}"
    }

    /// Four hexadecimal digits.
    private static func unit(_ rest: inout ArraySlice<UInt8>) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let digit = rest.first.flatMap({ Character(Unicode.Scalar($0)).hexDigitValue }) else { break }
            rest.removeFirst()
            value = value << 4 | UInt32(digit)
        }
        return value
    }
}
