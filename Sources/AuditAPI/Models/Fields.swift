/// What an object holds beside the fields that its model names: unknown fields, and known ones that are `null` or not of
/// the documented type. Encoding the model writes them again. A value that no Swift type can hold (half a surrogate pair, a
/// number beyond `Double`) is `null` here, rather than a failure of the whole answer.
public typealias AdditionalFields = [String: JSONValue]

struct FieldKey: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
}

/// Reads an object field by field and keeps what was not taken.
struct FieldReader {
    private let container: KeyedDecodingContainer<FieldKey>
    private var taken: Set<String> = []

    init(_ decoder: any Decoder) throws {
        container = try decoder.container(keyedBy: FieldKey.self)
    }

    /// `nil` where the field is missing, `null`, or of another type than the documented one; the last two stay in the rest.
    mutating func read<Value: Decodable>(_ name: String, as type: Value.Type = Value.self) -> Value? {
        guard let value = try? container.decodeIfPresent(type, forKey: FieldKey(stringValue: name)) else { return nil }
        taken.insert(name)
        return value
    }

    /// As `read`, but a field of another type fails the object: for what must not be lost silently.
    mutating func readStrictly<Value: Decodable>(_ name: String, as type: Value.Type = Value.self) throws -> Value? {
        guard let value = try container.decodeIfPresent(type, forKey: FieldKey(stringValue: name)) else { return nil }
        taken.insert(name)
        return value
    }

    func rest() -> AdditionalFields {
        var rest: AdditionalFields = [:]
        for key in container.allKeys where !taken.contains(key.stringValue) {
            rest[key.stringValue] = (try? container.decode(JSONValue.self, forKey: key)) ?? .null
        }
        return rest
    }
}

/// Writes an object field by field; a field that the model has wins over one of the same name in the rest.
struct FieldWriter {
    private var container: KeyedEncodingContainer<FieldKey>
    private var written: Set<String> = []

    init(_ encoder: any Encoder) {
        container = encoder.container(keyedBy: FieldKey.self)
    }

    mutating func write(_ name: String, _ value: (some Encodable)?) throws {
        guard let value else { return }
        try container.encode(value, forKey: FieldKey(stringValue: name))
        written.insert(name)
    }

    mutating func write(rest: AdditionalFields) throws {
        for (name, value) in rest where !written.contains(name) {
            try container.encode(value, forKey: FieldKey(stringValue: name))
        }
    }
}
