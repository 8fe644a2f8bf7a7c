/// The identity of an audit, exactly as the API wrote it, and so never confused with another one.
///
/// A canonical UUID (36 characters, lower case, RFC 9562 section 4) takes 16 bytes; any other text is kept as it is. Two
/// spellings of one UUID are two identities: the API never changes its spelling, and a duplicate is better than a loss.
public enum AuditID: Hashable, Sendable {
    case uuid(high: UInt64, low: UInt64)
    case text(String)

    public init(_ text: String) {
        var copy = text
        self = copy.withUTF8 { AuditID(utf8: $0.span) }
    }

    /// The bytes of the text, which are repaired where they are no UTF-8.
    public init(utf8 bytes: Span<UInt8>) {
        if let uuid = AuditID.canonicalUUID(bytes) {
            self = uuid
        } else {
            self = .text(String(decoding: (0..<bytes.count).map { bytes[$0] }, as: UTF8.self))
        }
    }

    private static func canonicalUUID(_ bytes: Span<UInt8>) -> AuditID? {
        guard bytes.count == 36 else { return nil }
        var high: UInt64 = 0
        var low: UInt64 = 0
        var digits = 0
        for position in 0..<36 {
            let byte = bytes[position]
            if position == 8 || position == 13 || position == 18 || position == 23 {
                guard byte == UInt8(ascii: "-") else { return nil }
                continue
            }
            let value: UInt8
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = byte - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): value = byte - UInt8(ascii: "a") + 10
            default: return nil
            }
            if digits < 16 { high = high << 4 | UInt64(value) } else { low = low << 4 | UInt64(value) }
            digits += 1
        }
        return .uuid(high: high, low: low)
    }
}

extension AuditID {
    /// Texts are compared byte by byte: Swift holds two spellings of `é` equal, the API does not.
    public static func == (left: AuditID, right: AuditID) -> Bool {
        switch (left, right) {
        case (.uuid(let high, let low), .uuid(let otherHigh, let otherLow)): high == otherHigh && low == otherLow
        case (.text(let text), .text(let other)): text.utf8.elementsEqual(other.utf8)
        default: false
        }
    }

    public func hash(into hasher: inout Hasher) {
        switch self {
        case .uuid(let high, let low):
            hasher.combine(high)
            hasher.combine(low)
        case .text(let text):
            var copy = text
            copy.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
        }
    }
}

extension AuditID: CustomStringConvertible {
    /// The text that the API wrote.
    public var description: String {
        guard case .uuid(let high, let low) = self else {
            guard case .text(let text) = self else { return "" }
            return text
        }
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        text.reserveCapacity(36)
        for nibble in 0..<32 {
            if nibble == 8 || nibble == 12 || nibble == 16 || nibble == 20 { text.append(UInt8(ascii: "-")) }
            let word = nibble < 16 ? high : low
            text.append(digits[Int(word >> UInt64(60 - nibble % 16 * 4) & 0xf)])
        }
        return String(decoding: text, as: UTF8.self)
    }
}
