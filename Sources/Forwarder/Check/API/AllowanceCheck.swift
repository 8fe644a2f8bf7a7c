import AuditAPI
import AuditCore

/// How many requests the API allows, and how many of them were used when the check asked.
struct AllowanceCheck {
    private static let subject = "requests"

    /// As the latest answer stated it.
    let limit: RateLimit?
    let share: RequestShare

    func finding() -> CheckFinding {
        guard let allowed = limit?.allowed else {
            return .ok(AllowanceCheck.subject, "the API does not state how many it allows")
        }
        let used = limit?.count.map { ", \($0) used" } ?? ""
        if case .perMinute(let requests) = share, requests > allowed {
            return .warning(
                AllowanceCheck.subject,
                "the API allows \(allowed) in a window\(used), fewer than 'genesys.requests_per_minute: \(requests)'",
                hint: "set it to 'auto', or to less than \(allowed): other programs of the client share the allowance")
        }
        return .ok(AllowanceCheck.subject, "the API allows \(allowed) in a window\(used)")
    }
}
