import AuditCore

/// Ids as the offset file holds them: UUIDs as 16 bytes each, big-endian; other ids as their UTF-8 behind a length of 4 bytes, big-endian.
struct PackedIDs {
    var uuids: [UInt8] = []
    var texts: [UInt8] = []

    init(uuids: [UInt8], texts: [UInt8]) {
        self.uuids = uuids
        self.texts = texts
    }

    init(_ ids: [AuditID]) {
        uuids.reserveCapacity(ids.count * 16)
        for id in ids {
            switch id {
            case .uuid(let high, let low):
                PackedIDs.append(high, to: &uuids)
                PackedIDs.append(low, to: &uuids)
            case .text(let text):
                PackedIDs.append(UInt32(truncatingIfNeeded: text.utf8.count), to: &texts)
                texts.append(contentsOf: text.utf8)
            }
        }
    }

    /// The ids again, UUIDs first. What cannot be read ends the texts: a damaged row costs duplicates, never a loss.
    var ids: [AuditID] {
        var ids: [AuditID] = []
        ids.reserveCapacity(uuids.count / 16)
        for start in stride(from: 0, to: uuids.count - 15, by: 16) {
            ids.append(.uuid(high: PackedIDs.number(uuids, start), low: PackedIDs.number(uuids, start + 8)))
        }
        var position = 0
        while position + 4 <= texts.count {
            let length: UInt32 = PackedIDs.number(texts, position)
            let end = position + 4 + Int(length)
            guard end <= texts.count else { break }
            ids.append(AuditID(String(decoding: texts[position + 4..<end], as: UTF8.self)))
            position = end
        }
        return ids
    }

    private static func append<Number: FixedWidthInteger>(_ number: Number, to bytes: inout [UInt8]) {
        withUnsafeBytes(of: number.bigEndian) { bytes.append(contentsOf: $0) }
    }

    private static func number<Number: FixedWidthInteger>(_ bytes: [UInt8], _ start: Int) -> Number {
        bytes[start..<start + Number.bitWidth / 8].reduce(0) { $0 << 8 | Number($1) }
    }
}
