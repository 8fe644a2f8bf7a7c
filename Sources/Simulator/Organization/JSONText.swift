import AuditCore

/// JSON as bytes, written front to back. The caller writes the structure; values are escaped here (RFC 8259 section 7).
struct JSONText {
    private(set) var bytes: [UInt8] = []

    init(capacity: Int = 0) { bytes.reserveCapacity(capacity) }

    /// Structure, or a part of a string that needs no escape.
    mutating func raw(_ text: String) { bytes.append(contentsOf: text.utf8) }
    mutating func raw(_ more: [UInt8]) { bytes.append(contentsOf: more) }
    mutating func raw(_ more: ArraySlice<UInt8>) { bytes.append(contentsOf: more) }

    mutating func string(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        escaped(text)
        bytes.append(UInt8(ascii: "\""))
    }

    /// The inside of a string.
    mutating func escaped(_ text: String) {
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                bytes.append(UInt8(ascii: "\\"))
                bytes.append(byte)
            case 0x0A: raw("\\n")
            case 0..<0x20:
                raw("\\u00")
                hexadecimal(UInt64(byte), digits: 2)
            default: bytes.append(byte)
            }
        }
    }

    /// An id, without quotes.
    mutating func id(_ id: AuditID) {
        guard case .uuid(let high, let low) = id else { return escaped(id.description) }
        hexadecimal(high >> 32, digits: 8)
        bytes.append(UInt8(ascii: "-"))
        hexadecimal(high >> 16, digits: 4)
        bytes.append(UInt8(ascii: "-"))
        hexadecimal(high, digits: 4)
        bytes.append(UInt8(ascii: "-"))
        hexadecimal(low >> 48, digits: 4)
        bytes.append(UInt8(ascii: "-"))
        hexadecimal(low, digits: 12)
    }

    /// Strings, one after the other, in brackets.
    mutating func strings(_ texts: [String]) {
        raw("[")
        for (index, text) in texts.enumerated() {
            if index > 0 { raw(",") }
            string(text)
        }
        raw("]")
    }

    private mutating func hexadecimal(_ value: UInt64, digits: Int) {
        for digit in stride(from: digits - 1, through: 0, by: -1) {
            let nibble = UInt8(truncatingIfNeeded: value >> UInt64(digit * 4)) & 0xF
            bytes.append(nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "a") + nibble - 10)
        }
    }
}
