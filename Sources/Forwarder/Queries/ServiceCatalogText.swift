import AuditCore
import FoundationEssentials

extension ServiceCatalog {
    /// For people: the services with what they have, and then the difference between the endpoints.
    public var lines: [String] {
        var lines = ["realtime and asynchronous:"]
        lines += ServiceCatalog.lines(ServiceCatalog.common(realtime, asynchronous))
        for (title, mapping) in [("asynchronous only", asynchronousOnly), ("realtime only", realtimeOnly)] where !mapping.isEmpty
        {
            lines += ["", "\(title):"] + ServiceCatalog.lines(mapping)
        }
        return lines
    }

    /// For machines: one object with `realtime`, `asynchronous` and `difference`, all of service → entity → actions, sorted.
    public var json: String {
        let document = Document(
            realtime: realtime.mapValues { $0.mapValues { $0.sorted() } },
            asynchronous: asynchronous.mapValues { $0.mapValues { $0.sorted() } },
            difference: [
                "asynchronous_only": asynchronousOnly.mapValues { $0.mapValues { $0.sorted() } },
                "realtime_only": realtimeOnly.mapValues { $0.mapValues { $0.sorted() } },
            ])
        return MachineText.json(document)
    }

    private struct Document: Encodable {
        typealias Sorted = [String: [String: [String]]]
        let realtime: Sorted
        let asynchronous: Sorted
        let difference: [String: Sorted]
    }

    private static func common(_ one: Mapping, _ other: Mapping) -> Mapping {
        var common: Mapping = [:]
        for (service, entities) in one {
            guard let known = other[service] else { continue }
            common[service] = [:]
            for (entity, actions) in entities { common[service]?[entity] = known[entity].map(actions.intersection) }
        }
        return common
    }

    private static func lines(_ mapping: Mapping) -> [String] {
        let sorted = mapping.sorted { $0.key < $1.key }
        return sorted.flatMap { service, entities in
            ["  \(PrintableText.of(service))"]
                + entities.sorted { $0.key < $1.key }.map { entity, actions in
                    "    \(PrintableText.of(entity)): \(actions.sorted().map(PrintableText.of).joined(separator: ", "))"
                }
        }
    }
}

/// Text from elsewhere, for people: nothing in it may steer a terminal.
enum PrintableText {
    private static let refused: Set<Unicode.GeneralCategory> = [.control, .format, .lineSeparator, .paragraphSeparator]

    static func of(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { refused.contains($0.properties.generalCategory) ? "\u{fffd}" : $0 }))
    }
}

/// JSON documents for machines: one line, keys sorted.
enum MachineText {
    static func json(_ document: some Encodable) -> String { json(document, JSONEncoder()) }

    /// With the keys in snake case.
    static func snakeCaseJSON(_ document: some Encodable) -> String {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        return json(document, encoder)
    }

    private static func json(_ document: some Encodable, _ encoder: JSONEncoder) -> String {
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Only numbers that JSON does not have can fail, and no document here has any.
        return (try? encoder.encode(document)).map { String(decoding: $0, as: UTF8.self) } ?? "null"
    }
}
