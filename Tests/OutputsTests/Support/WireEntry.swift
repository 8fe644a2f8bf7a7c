/// A journal entry read back from its bytes by the rules of the native protocol.
struct WireEntry: Sendable, Equatable {
    let fields: [Field]

    struct Field: Sendable, Equatable {
        let name: String
        let value: [UInt8]
    }

    /// `nil` for what is no entry.
    init?(_ bytes: [UInt8]) {
        var fields: [Field] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            guard let end = rest.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
            let line = rest[..<end]
            rest = rest[(end + 1)...]
            if let equals = line.firstIndex(of: UInt8(ascii: "=")) {
                fields.append(Field(name: String(decoding: line[..<equals], as: UTF8.self), value: Array(line[(equals + 1)...])))
                continue
            }
            guard rest.count > 8 else { return nil }
            let length = rest.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
            rest = rest.dropFirst(8)
            guard rest.count > length else { return nil }
            fields.append(Field(name: String(decoding: line, as: UTF8.self), value: Array(rest.prefix(length))))
            rest = rest.dropFirst(length)
            guard rest.popFirst() == UInt8(ascii: "\n") else { return nil }
        }
        self.fields = fields
    }

    /// Every value of the field.
    subscript(name: String) -> [String] {
        fields.filter { $0.name == name }.map { String(decoding: $0.value, as: UTF8.self) }
    }
}
