/// The header fields of an answer. Names are matched without case (RFC 9110 section 5.1); the first of several fields of one name counts.
public struct HeaderFields: Sendable, Equatable {
    private var values: [String: String] = [:]

    public init() {}

    public init(_ fields: some Sequence<(String, String)>) {
        for (name, value) in fields where values[name.lowercased()] == nil {
            values[name.lowercased()] = value
        }
    }

    public subscript(name: String) -> String? {
        get { values[name.lowercased()] }
        set { values[name.lowercased()] = newValue }
    }
}

extension HeaderFields: ExpressibleByDictionaryLiteral {
    public init(dictionaryLiteral elements: (String, String)...) {
        self.init(elements)
    }
}
