import AuditCore

/// What a run was made of.
public struct SimulationCounts: Sendable, Equatable {
    public var virtualTime = Duration.zero
    public var happenings = 0
    public var requests = 0
    public var crashes = 0
    public var stops = 0
    /// Acknowledgements of audits, and those that were not the first of their audit and output.
    public var deliveries = 0
    public var duplicates = 0
    public var faults: [String: Int] = [:]

    public init() {}

    mutating func fault(_ name: String) { faults[name, default: 0] += 1 }

    public mutating func add(_ other: SimulationCounts) {
        virtualTime += other.virtualTime
        happenings += other.happenings
        requests += other.requests
        crashes += other.crashes
        stops += other.stops
        deliveries += other.deliveries
        duplicates += other.duplicates
        faults.merge(other.faults) { $0 + $1 }
    }
}
