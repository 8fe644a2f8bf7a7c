import AuditCore
import AuditReader

extension ReaderSettings {
    init(_ genesys: GenesysSettings) {
        self.init()
        if case .only(let services) = genesys.selection.services { self.services = services }
        excludedServices = Set(genesys.selection.excludedServices)
        expandsUser = genesys.selection.expandsUser
        filters = genesys.selection.filters
        if case .perMinute(let requests) = genesys.requestsPerMinute { requestsPerMinute = requests }
    }
}

extension ReaderSettings {
    /// With the lanes that a run reads.
    init(_ genesys: GenesysSettings, _ tail: TailConfiguration) {
        self.init(genesys)
        readsAsynchronous = tail.readsAsynchronous
    }
}

extension TailConfiguration {
    var readsAsynchronous: Bool { sweep != nil || reconcile != nil }
}

extension TailConfiguration.Start {
    /// The first instant that an output wants which begins at `now`.
    func instant(at now: Instant) -> Instant {
        switch self {
        case .now: now
        case .back(let duration): now - duration
        case .at(let instant): instant
        }
    }
}
