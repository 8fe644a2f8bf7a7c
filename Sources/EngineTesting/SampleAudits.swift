import AuditCore
import Engine

/// An audit for tests: an id, an instant, and a body that is as long as wanted.
public struct SampleAudit: Sendable, Hashable {
    /// `nil` makes an audit without an id.
    public var id: String?
    public var instant: Instant
    public var service: String
    /// The length of a member that does nothing but take room.
    public var padding: Int

    public init(id: String?, instant: Instant, service: String = "Architect", padding: Int = 0) {
        self.id = id
        self.instant = instant
        self.service = service
        self.padding = padding
    }

    /// A canonical UUID that is different for every number.
    public static func uuid(_ number: Int) -> String {
        "\(AuditID.uuid(high: 0x1000_0000_0000_4000 | UInt64(number >> 32), low: 0x8000_0000_0000_0000 | UInt64(number)))"
    }

    /// The audit as one line of JSON, without a line end.
    public var json: String {
        let name = id.map { "\"id\":\(JSONText.quoted($0))," } ?? ""
        let room = padding == 0 ? "" : ",\"padding\":\"\(String(repeating: "x", count: padding))\""
        return "{\(name)\"eventDate\":\"\(instant)\",\"serviceName\":\(JSONText.quoted(service))\(room)}"
    }
}

/// A sample as it stands in a page.
struct SampleLine: Sendable {
    let id: AuditID?
    let instant: Instant
    let bytes: [UInt8]
    let hasWhitespace: Bool

    init(_ sample: SampleAudit, spaced: Bool = false) {
        id = sample.id.map { AuditID($0) }
        instant = sample.instant
        bytes = Array((spaced ? "{\n \(sample.json.dropFirst())" : sample.json).utf8)
        hasWhitespace = spaced
    }
}

extension AuditPage {
    /// A page as the API would send it. `spaced` puts white space between the tokens of every audit.
    public init(of samples: [SampleAudit], spaced: Bool = false) {
        self.init(of: samples.map { SampleLine($0, spaced: spaced) })
    }

    init(of lines: [SampleLine]) {
        var bytes = Array("{\"entities\":[".utf8)
        var audits: [RawAudit] = []
        bytes.reserveCapacity(lines.reduce(20) { $0 + $1.bytes.count + 1 })
        audits.reserveCapacity(lines.count)
        for (index, line) in lines.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            let start = bytes.count
            bytes += line.bytes
            audits.append(
                RawAudit(
                    id: line.id, instant: line.instant, start: start, end: bytes.count, hasWhitespace: line.hasWhitespace))
        }
        bytes += "]}".utf8
        self.init(bytes: bytes, audits: audits)
    }
}

extension Batch {
    /// A whole page as one batch.
    public init(_ sequence: Int, of samples: [SampleAudit], spaced: Bool = false) {
        let page = AuditPage(of: samples, spaced: spaced)
        self.init(sequence: sequence, page: page, audits: page.audits)
    }
}
