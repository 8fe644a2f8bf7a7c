import AuditCore
import Engine
import Formats

extension Batch {
    /// The batch as events of one line each, with their severities before them where there are `priorities`.
    func lines(_ format: Format, priorities: SeverityRules? = nil) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(byteCount + audits.count)
        for audit in audits {
            if let priorities { bytes += "<\(priorities.severity(of: AuditFields(audit, of: page)).rawValue)>".utf8 }
            format.append(audit, of: page, to: &bytes)
            bytes.append(UInt8(ascii: "\n"))
        }
        return bytes
    }
}
