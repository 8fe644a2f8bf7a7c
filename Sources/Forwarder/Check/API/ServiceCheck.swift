import AuditAPI
import AuditCore

/// Which services both endpoints carry, and whether those exist that the configuration names.
struct ServiceCheck {
    private static let subject = "services"

    /// The names that each endpoint knows.
    let realtime: Result<[String], AuditAPIError>
    let asynchronous: Result<[String], AuditAPIError>
    let genesys: GenesysSettings
    /// Whether a run reads the asynchronous endpoint.
    let readsAsynchronous: Bool

    func findings() -> [CheckFinding] {
        findings("realtime", realtime, isRead: true) + findings("asynchronous", asynchronous, isRead: readsAsynchronous) + named()
    }

    private func findings(
        _ endpoint: String, _ mapping: Result<[String], AuditAPIError>, isRead: Bool
    ) -> [CheckFinding] {
        switch mapping {
        case .success(let names):
            let count = names.count == 1 ? "1 service" : "\(names.count) services"
            return [.ok(ServiceCheck.subject, "the \(endpoint) endpoint knows \(count)\(isRead ? "" : ", and is not read")")]
        case .failure(let error):
            let failure = APIFailure.failure(error, genesys)
            let seen = "the \(endpoint) endpoint does not name its services: \(error)"
            guard isRead else { return [.warning(ServiceCheck.subject, seen, hint: failure.hint)] }
            return [.failed(ServiceCheck.subject, failure.code, seen, hint: failure.hint)]
        }
    }

    /// A name that no endpoint knows may still be one of an endpoint that did not answer.
    private func named() -> [CheckFinding] {
        let names = configured
        guard !names.isEmpty else { return [] }
        guard case .success(let realtime) = realtime, case .success(let asynchronous) = asynchronous else {
            return [.skipped(ServiceCheck.subject, "the configured names need the services of both endpoints")]
        }
        let known = Set(realtime).union(asynchronous)
        return names.compactMap { key, name in
            if !known.contains(name) { return unknown(key, name, among: known.sorted()) }
            guard key == "services", !readsAsynchronous, !realtime.contains(name) else { return nil }
            return .warning(
                ServiceCheck.subject,
                "service '\(name)' is known to the asynchronous endpoint alone, which is not read: its audits never come",
                hint: "switch 'tail.sweep' on")
        }
    }

    private var configured: [(key: String, name: String)] {
        var names: [(String, String)] = []
        if case .only(let services) = genesys.selection.services { names += services.map { ("services", $0) } }
        return names + genesys.selection.excludedServices.map { ("exclude_services", $0) }
    }

    private func unknown(_ key: String, _ name: String, among known: [String]) -> CheckFinding {
        let question = NearestName.question(name, among: known)
        return .failed(
            ServiceCheck.subject, .configuration,
            "genesys.\(key): \(Quoted.value(name)) is not a service of this organization\(question)",
            hint: "'auditferry services' lists the services of both endpoints, spelled as the API wants them")
    }
}
