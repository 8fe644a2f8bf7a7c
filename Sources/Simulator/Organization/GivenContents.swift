import AuditCore
import FoundationEssentials

/// The audits of a file, one JSON object a line, served as they are.
struct GivenContents: AuditContents {
    private struct Reference: Decodable {
        var id: String?
    }

    private struct Initiator: Decodable {
        var transactionId: String?
    }

    /// What is looked at; everything may be of another type than expected, but the id and the time.
    private struct Given: Decodable {
        var id: String
        var eventDate: String
        var serviceName: String?
        var action: String?
        var entityType: String?
        var user: Reference?
        var client: Reference?
        var entity: Reference?
        var initiatingAction: Initiator?
        var context: [String: String]?
    }

    private struct Entry: Sendable {
        let id: AuditID
        let instant: Instant
        let service: UInt16
        let facts: AuditFacts
        let act: UInt64
        /// Of its line.
        let range: Range<Int>
    }

    /// The most audits that a file may have.
    static let mostAudits = 2_000_000

    let services: [ServiceEntry]
    private let bytes: [UInt8]
    private let entries: [Entry]

    /// - Throws: `Failure` with code `data`, naming the file and the line.
    init(_ bytes: [UInt8], name: String) throws(Failure) {
        self.bytes = bytes
        var table = ServiceTable()
        var entries: [Entry] = []
        var acts: [String: UInt64] = [:]
        var start = 0
        var line = 0
        while start < bytes.count {
            let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
            line += 1
            defer { start = end + 1 }
            guard bytes[start..<end].contains(where: { $0 > 0x20 }) else { continue }
            guard entries.count < GivenContents.mostAudits else {
                throw Failure(
                    .data, "\(name):\(line): there are more than \(GivenContents.mostAudits) audits", hint: "split the file")
            }
            entries.append(
                try GivenContents.entry(bytes, start..<end, "\(name):\(line): ", &table, &acts, number: entries.count))
        }
        self.entries = entries
        services = table.services
    }

    private static func entry(
        _ bytes: [UInt8], _ range: Range<Int>, _ place: String, _ table: inout ServiceTable, _ acts: inout [String: UInt64],
        number: Int
    ) throws(Failure) -> Entry {
        let given: Given
        do {
            given = try JSONDecoder().decode(Given.self, from: Data(bytes[range]))
        } catch {
            throw Failure(
                .data, "\(place)this is no audit: \(reason(error))", hint: "write one JSON object a line, with id and eventDate")
        }
        guard !given.id.isEmpty else { throw Failure(.data, "\(place)id is empty", hint: "give each audit its own id") }
        guard let instant = Instant(given.eventDate) else {
            throw Failure(.data, "\(place)eventDate '\(given.eventDate)' is no instant", hint: "write it as 2026-03-02T08:15:04Z")
        }
        let key = given.initiatingAction?.transactionId ?? given.context?["correlationId"]
        let act =
            key.map { key in
                acts[key, default: UInt64(number)]
            } ?? UInt64(number)
        if let key { acts[key] = act }
        return Entry(
            id: AuditID(given.id), instant: instant, service: table.service(given), facts: facts(given), act: act, range: range)
    }

    private static func facts(_ given: Given) -> AuditFacts {
        func id(_ reference: Reference?) -> AuditID? { (reference?.id).flatMap { $0.isEmpty ? nil : AuditID($0) } }
        return AuditFacts(
            user: id(given.user), client: id(given.client), trustee: nil, entity: id(given.entity),
            entityType: given.entityType ?? "", action: given.action ?? "")
    }

    private static func reason(_ error: any Error) -> String {
        switch error {
        case DecodingError.keyNotFound(let key, _): "'\(key.stringValue)' is missing"
        case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context):
            "'\(context.codingPath.map(\.stringValue).joined(separator: "."))' has another type than the API gives it"
        default: "it is not valid JSON"
        }
    }

    /// The services, entity types and actions that occur, in the order in which they do.
    private struct ServiceTable {
        private var indices: [String: Int] = [:]
        private var actions: [[(entity: String, actions: [String])]] = []
        private var names: [String] = []

        mutating func service(_ given: Given) -> UInt16 {
            let name = given.serviceName ?? ""
            let index = indices[name] ?? names.count
            if index == names.count, index < Int(UInt16.max) {
                indices[name] = index
                names.append(name)
                actions.append([])
            }
            let row = min(index, names.count - 1)
            add(given.entityType ?? "", given.action ?? "", to: row)
            return UInt16(row)
        }

        private mutating func add(_ entity: String, _ action: String, to row: Int) {
            guard let column = actions[row].firstIndex(where: { $0.entity == entity }) else {
                return actions[row].append((entity, [action]))
            }
            if !actions[row][column].actions.contains(action) { actions[row][column].actions.append(action) }
        }

        /// Services that the generated organization has on the asynchronous endpoint only are there only, here too.
        var services: [ServiceEntry] {
            zip(names, actions).map { name, entities in
                ServiceEntry(
                    name: name, isRealtime: Catalog.services.first { $0.name == name }?.isRealtime ?? true,
                    entities: entities.map { .init(name: $0.entity, actions: $0.actions) })
            }
        }
    }
}

extension GivenContents {
    /// The records of the archive: each can be seen from its time on.
    func audits(_ start: Instant) -> [Audit] {
        entries.enumerated().map { index, entry in
            Audit(
                instant: entry.instant, visible: entry.instant, seed: UInt64(index), kind: 0, part: 0, service: entry.service)
        }
    }

    func id(of audit: Audit) -> AuditID? { entries[Int(audit.seed)].id }
    func facts(of audit: Audit) -> AuditFacts { entries[Int(audit.seed)].facts }
    func act(of audit: Audit) -> UInt64 { entries[Int(audit.seed)].act }

    func write(_ audit: Audit, _ shape: AuditShape, to text: inout JSONText) {
        text.raw(bytes[entries[Int(audit.seed)].range])
    }
}
