/// One journal entry in journald's native protocol (systemd's JOURNAL_NATIVE_PROTOCOL): fields, each `NAME=value`, or where the value could be
/// taken for something else the name alone on its line, the value's length (64 bits, little-endian) and the value.
struct JournalEntry {
    /// journald drops a whole entry that has more fields (ENTRY_FIELD_COUNT_MAX), and says nothing.
    static let mostFields = 1024
    /// journald takes no larger entry from a sender that is not root (ENTRY_SIZE_UNPRIV_MAX), and says nothing to it.
    static let mostBytes = 32 << 20

    private(set) var bytes: [UInt8] = []
    private(set) var fieldCount = 0

    /// - Parameter name: what `isValid` takes; journald drops any other field, and says nothing.
    mutating func add(_ name: StaticString, _ value: String) {
        var value = value
        value.withUTF8 { add(name, $0) }
    }

    mutating func add(_ name: StaticString, _ value: some Collection<UInt8>) {
        assert(JournalEntry.isValid("\(name)") && fieldCount < JournalEntry.mostFields)
        fieldCount += 1
        name.withUTF8Buffer { bytes.append(contentsOf: $0) }
        if value.contains(where: JournalEntry.isAmbiguous) {
            bytes.append(UInt8(ascii: "\n"))
            withUnsafeBytes(of: UInt64(value.count).littleEndian) { bytes.append(contentsOf: $0) }
        } else {
            bytes.append(UInt8(ascii: "="))
        }
        bytes.append(contentsOf: value)
        bytes.append(UInt8(ascii: "\n"))
    }

    /// 1 to 64 of `A-Z 0-9 _`, the first a letter: what begins with `_` is journald's own.
    static func isValid(_ name: String) -> Bool {
        guard (1...64).contains(name.utf8.count), let first = name.utf8.first, isLetter(first) else { return false }
        return name.utf8.allSatisfy {
            isLetter($0) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || $0 == UInt8(ascii: "_")
        }
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) }

    /// Only a line end has to be kept out of the short form; other control characters are, for readers that are less exact than journald.
    private static func isAmbiguous(_ byte: UInt8) -> Bool { byte < 0x20 && byte != UInt8(ascii: "\t") || byte == 0x7f }
}
