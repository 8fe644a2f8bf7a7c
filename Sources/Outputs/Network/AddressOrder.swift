/// In which order several receivers are tried: as they were named, but those that failed lately last.
struct AddressOrder: Sendable {
    /// How long a failure counts. Afterwards the receivers that were named first have their turn again.
    static let memory = Duration.seconds(30)

    private let addresses: [HostPort]
    private var failures: [HostPort: Duration] = [:]

    init(_ addresses: [HostPort]) { self.addresses = addresses }

    func order(at now: Duration) -> [HostPort] {
        let failed = addresses.filter { hasFailed($0, now) }
        return addresses.filter { !hasFailed($0, now) }
            + failed.sorted { failures[$0, default: .zero] < failures[$1, default: .zero] }
    }

    mutating func failed(_ address: HostPort, at now: Duration) { failures[address] = now }
    mutating func succeeded(_ address: HostPort) { failures[address] = nil }

    private func hasFailed(_ address: HostPort, _ now: Duration) -> Bool {
        failures[address].map { now - $0 < AddressOrder.memory } ?? false
    }
}
