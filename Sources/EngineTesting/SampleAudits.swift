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

extension AuditPage {
    /// A page as the API would send it. `spaced` puts white space between the tokens of every audit.
    public init(of samples: [SampleAudit], spaced: Bool = false) {
        var bytes = Array("{\"entities\":[".utf8)
        var audits: [RawAudit] = []
        for (index, sample) in samples.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            let start = bytes.count
            bytes += (spaced ? "{\n \(sample.json.dropFirst())" : sample.json).utf8
            audits.append(
                RawAudit(
                    id: sample.id.map { AuditID($0) }, instant: sample.instant, start: start, end: bytes.count,
                    hasWhitespace: spaced))
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
