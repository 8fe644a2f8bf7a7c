/// Walks over the members of a JSON object in bytes that are known to be a valid document (RFC 8259): the page's reader has refused
/// any other. It builds nothing and checks no grammar; bytes that are no document after all end the walk, and are never read past their end.
struct ObjectMembers {
    struct Member {
        /// Between its quotes, as written.
        let name: Range<Int>
        /// With quotes or brackets.
        let value: Range<Int>
    }

    private let bytes: [UInt8]
    private let end: Int
    private var position: Int

    /// - Parameter range: from the brace that opens the object to behind the one that closes it.
    init(_ bytes: [UInt8], in range: Range<Int>) {
        self.bytes = bytes
        end = min(range.upperBound, bytes.count)
        position = range.lowerBound + 1
    }

    mutating func next() -> Member? {
        skip(while: ObjectMembers.isBetweenTokens)
        guard position < end, bytes[position] == UInt8(ascii: "\"") else { return nil }
        let start = position
        skipString()
        let name = start + 1..<max(start + 1, position - 1)
        skip(while: ObjectMembers.isBetweenTokens)
        let value = position
        skipValue()
        return value < position ? Member(name: name, value: value..<position) : nil
    }

    /// The values of an array, each with its quotes or brackets.
    static func elements(of bytes: [UInt8], in range: Range<Int>) -> [Range<Int>] {
        var walk = ObjectMembers(bytes, in: range)
        guard !range.isEmpty, bytes[range.lowerBound] == UInt8(ascii: "[") else { return [] }
        var elements: [Range<Int>] = []
        while true {
            walk.skip(while: isBetweenTokens)
            let start = walk.position
            guard start < walk.end, bytes[start] != UInt8(ascii: "]") else { return elements }
            walk.skipValue()
            guard walk.position > start else { return elements }
            elements.append(start..<walk.position)
        }
    }

    private mutating func skip(while condition: (UInt8) -> Bool) {
        while position < end, condition(bytes[position]) { position += 1 }
    }

    private mutating func skipString() {
        position += 1
        while position < end {
            switch bytes[position] {
            case UInt8(ascii: "\\"): position += 2
            case UInt8(ascii: "\""):
                position += 1
                return
            default: position += 1
            }
        }
        position = end
    }

    private mutating func skipValue() {
        guard position < end else { return }
        switch bytes[position] {
        case UInt8(ascii: "\""): skipString()
        case UInt8(ascii: "{"), UInt8(ascii: "["): skipContainer()
        default: skip { !ObjectMembers.isBetweenTokens($0) && $0 != UInt8(ascii: "}") && $0 != UInt8(ascii: "]") }
        }
    }

    private mutating func skipContainer() {
        var depth = 0
        while position < end {
            switch bytes[position] {
            case UInt8(ascii: "\""):
                skipString()
                continue
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
            default: break
            }
            position += 1
            if depth == 0 { return }
        }
    }

    private static func isBetweenTokens(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: " "), UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: "\t"), UInt8(ascii: ","), UInt8(ascii: ":"):
            true
        default: false
        }
    }
}
