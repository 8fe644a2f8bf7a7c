import AuditCore
import OffsetStore

/// Whether the offset file can be used: by whom it is held, whether it is sound, whether this user may write it. It is not made, and not changed.
struct OffsetFileCheck {
    private static let subject = "offset file"

    let path: String

    func findings() -> [CheckFinding] {
        let subject = OffsetFileCheck.subject
        do throws(Failure) {
            switch try OffsetInspection.of(path) {
            case .absent:
                return [.ok(subject, "'\(path)' is not there yet and can be made")]
            case .sound(let outputs, let holder):
                let held = holder.map { ", held by a running instance (\($0))" } ?? ""
                return [.ok(subject, "'\(path)' is sound, with offsets of \(count(outputs))\(held)")]
            case .earlier(let version):
                return [.ok(subject, "'\(path)' has version \(version); a run brings it up to date")]
            }
        } catch {
            return CheckFinding.failed(subject, error)
        }
    }

    private func count(_ outputs: Int) -> String { outputs == 1 ? "1 output" : "\(outputs) outputs" }
}
