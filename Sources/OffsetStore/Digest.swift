/// 64 bits of what a row says, which tell a damaged row from a true one.
///
/// It guards against bad disks, not against an adversary, and so needs no cryptography; SQLite as it is installed offers none of either
/// kind. Every step can be undone: rows that differ in one word alone never have the same digest, others by chance alone.
struct Digest {
    private(set) var value: UInt64 = 0x6175_6469_7466_6572

    /// - Parameter table: keeps equal rows of two tables apart.
    static func of(_ values: some Sequence<SQLiteValue>, in table: String) -> UInt64 {
        var digest = Digest()
        digest.add(Array(table.utf8))
        for value in values { digest.add(value) }
        return digest.value
    }

    /// Kinds and lengths are part of it, so that no two lists of values look alike.
    private mutating func add(_ value: SQLiteValue) {
        switch value {
        case .null: add(0)
        case .integer(let value):
            add(1)
            add(UInt64(bitPattern: value))
        case .text(let value):
            add(2)
            add(Array(value.utf8))
        case .blob(let value):
            add(3)
            add(value)
        }
    }

    private mutating func add(_ bytes: [UInt8]) {
        add(UInt64(bytes.count))
        bytes.withUnsafeBytes { bytes in
            let whole = bytes.count & ~7
            for position in stride(from: 0, to: whole, by: 8) {
                add(UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self)))
            }
            if whole < bytes.count { add(bytes[whole...].reversed().reduce(0) { $0 << 8 | UInt64($1) }) }
        }
    }

    private mutating func add(_ word: UInt64) {
        value = (value ^ word) &* 0x9e37_79b9_7f4a_7c15
        value ^= value >> 32
    }
}
