import AuditCore
import Engine
import Formats

extension Batch {
    /// The batch as events of one line each.
    func lines(_ format: Format) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(byteCount + audits.count)
        for audit in audits {
            format.append(audit, of: page, to: &bytes)
            bytes.append(UInt8(ascii: "\n"))
        }
        return bytes
    }
}
