/// A structural reader of JSON text (RFC 8259) which builds nothing: it steps over a value and checks its grammar on the way.
/// It does not check that strings are UTF-8: an audit with a broken character is passed on as it is, not lost.
///
/// Every function takes the position of its first byte and leaves it behind its last; every read is checked against the end.
enum JSONScan {
    /// Nesting of a whole document. Bits of a word remember which levels are objects.
    static let deepest = 64

    /// The byte at the position; the end of the bytes is a truncation, wherever a document still needs one.
    @inline(__always)
    static func byte(_ bytes: Span<UInt8>, _ position: Int) throws(ScanFailure) -> UInt8 {
        guard position < bytes.count else { throw ScanFailure(.truncated, at: position) }
        return bytes[position]
    }

    /// Steps over white space and returns whether there was any.
    @inline(__always) @discardableResult
    static func whitespace(_ bytes: Span<UInt8>, _ position: inout Int) -> Bool {
        let start = position
        while position < bytes.count {
            let byte = bytes[position]
            guard byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 else { break }
            position += 1
        }
        return position != start
    }

    /// Steps over the byte that must stand here.
    @inline(__always)
    static func expect(_ byte: UInt8, _ bytes: Span<UInt8>, _ position: inout Int) throws(ScanFailure) {
        guard try JSONScan.byte(bytes, position) == byte else { throw ScanFailure(.unexpectedByte, at: position) }
        position += 1
    }

    /// Steps over a string, from quote to quote, and returns whether it has an escape.
    @inline(__always)
    static func string(_ bytes: Span<UInt8>, _ position: inout Int) throws(ScanFailure) -> Bool {
        try expect(UInt8(ascii: "\""), bytes, &position)
        var hasEscape = false
        var place = position
        while true {
            plainText(bytes, &place)
            guard place < bytes.count else { break }
            let byte = bytes[place]
            if byte == UInt8(ascii: "\"") {
                position = place + 1
                return hasEscape
            }
            if byte == UInt8(ascii: "\\") {
                hasEscape = true
                try escape(bytes, &place)
            } else {
                throw ScanFailure(.controlCharacter, at: place)
            }
        }
        throw ScanFailure(.truncated, at: place)
    }

    /// Steps over text in which nothing ends, escapes or is forbidden: to a quote, a backslash, a control character or the end.
    ///
    /// Eight bytes at a time. Subtracting borrows from the left neighbour alone, so the lowest bit that is set is right.
    @inline(__always)
    static func plainText(_ bytes: Span<UInt8>, _ position: inout Int) {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let raw = bytes.bytes
        while position <= bytes.count - 8 {
            // Checked against the bounds; any eight bytes are a number.
            let word = UInt64(littleEndian: raw.unsafeLoadUnaligned(fromByteOffset: position, as: UInt64.self))
            let quote = word ^ (ones &* 0x22)
            let backslash = word ^ (ones &* 0x5c)
            let control = (word &- ones &* 0x20) & ~word
            let found = ((quote &- ones) & ~quote | (backslash &- ones) & ~backslash | control) & (ones &* 0x80)
            if found != 0 {
                position += found.trailingZeroBitCount / 8
                return
            }
            position += 8
        }
        while position < bytes.count {
            let byte = bytes[position]
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte < 0x20 { return }
            position += 1
        }
    }

    private static func escape(_ bytes: Span<UInt8>, _ position: inout Int) throws(ScanFailure) {
        position += 1
        switch try byte(bytes, position) {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"), UInt8(ascii: "n"),
            UInt8(ascii: "r"), UInt8(ascii: "t"):
            position += 1
        case UInt8(ascii: "u"):
            position += 1
            for _ in 0..<4 {
                guard isHexDigit(try byte(bytes, position)) else { throw ScanFailure(.escape, at: position) }
                position += 1
            }
        default:
            throw ScanFailure(.escape, at: position)
        }
    }

    private static func isHexDigit(_ byte: UInt8) -> Bool {
        byte &- UInt8(ascii: "0") < 10 || (byte | 0x20) &- UInt8(ascii: "a") < 6
    }

    /// Steps over a number: `-`, digits without a leading zero, a fraction, an exponent.
    static func number(_ bytes: Span<UInt8>, _ position: inout Int) throws(ScanFailure) {
        if try byte(bytes, position) == UInt8(ascii: "-") { position += 1 }
        if try byte(bytes, position) == UInt8(ascii: "0") { position += 1 } else { try digits(bytes, &position) }
        if position < bytes.count, bytes[position] == UInt8(ascii: ".") {
            position += 1
            try digits(bytes, &position)
        }
        if position < bytes.count, bytes[position] | 0x20 == UInt8(ascii: "e") {
            position += 1
            let sign = try byte(bytes, position)
            if sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") { position += 1 }
            try digits(bytes, &position)
        }
    }

    /// Steps over one digit or more.
    private static func digits(_ bytes: Span<UInt8>, _ position: inout Int) throws(ScanFailure) {
        guard try byte(bytes, position) &- UInt8(ascii: "0") < 10 else { throw ScanFailure(.number, at: position) }
        while position < bytes.count, bytes[position] &- UInt8(ascii: "0") < 10 { position += 1 }
    }

    /// Steps over the word that must stand here.
    static func literal(_ word: StaticString, _ bytes: Span<UInt8>, _ position: inout Int) throws(ScanFailure) {
        for index in 0..<word.utf8CodeUnitCount {
            guard try byte(bytes, position) == word.utf8Start[index] else { throw ScanFailure(.literal, at: position) }
            position += 1
        }
    }
}
