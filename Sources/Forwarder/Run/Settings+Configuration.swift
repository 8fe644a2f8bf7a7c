import AuditCore
import AuditReader
import Engine
import Outputs

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

extension TailSettings {
    /// - Parameters:
    ///   - now: the server's time, which is where a run ends that reads once.
    init(_ definition: OutputDefinition, _ configuration: ForwarderConfiguration, _ extent: Forwarder.Extent, at now: Instant) {
        let tail = configuration.tail
        self.init(output: definition.name)
        pollInterval = tail.pollInterval
        overlap = tail.overlap
        heartbeat = tail.heartbeat
        recordsGaps = tail.recordsGaps
        sweep = tail.sweep
        reconcile = tail.reconcile
        let furthest = [tail.sweep?.back, tail.reconcile?.back].compactMap { $0 }.max() ?? .zero
        idRetention = max(max(furthest, overlap) + .seconds(86_400), configuration.keepIDs ?? .zero)
        batchEvents = definition.batch.events
        batchBytes = definition.batch.bytes
        outputRetry = (definition.retry.first, definition.retry.most)
        seed = UInt64(bitPattern: now.milliseconds)
        if let until = tail.until {
            let readUntil = Interval(until, until).onWholeSeconds.end
            end = .init(readUntil: readUntil, coverUntil: readUntil)
        } else if extent == .once {
            end = .init(readUntil: .distantFuture, coverUntil: (now - settle).wholeSecond)
        }
    }
}
