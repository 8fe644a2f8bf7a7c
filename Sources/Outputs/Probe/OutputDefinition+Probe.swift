import NIOCore
import NIOPosix

extension OutputDefinition {
    /// Whether a probe of it meets a receiver, on the network or on this machine; otherwise it looks at files of this machine alone.
    public var probeMeetsReceiver: Bool {
        switch kind {
        case .standardOutput, .file: false
        case .tcp, .syslog, .journald, .relp: true
        }
    }

    /// Meets what it delivers to as a delivery would, up to where the first audit would be sent: name, connection, TLS, the session's
    /// opening; then it takes its leave in order. No audit and nothing in place of one is sent, and no file is made.
    ///
    /// All addresses are tried at the same time, each within bounds: 10 s for a connection, 10 s for TLS, a second in which it has to stay
    /// sound, 10 s for RELP's answer; 10 s for anything else.
    ///
    /// - Returns: one for each address, in their order; at least one.
    public func probe(group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton) async -> [OutputProbe] {
        switch kind {
        case .standardOutput: [StdoutOutput.probe()]
        case .file(let settings): [await settings.probe()]
        case .tcp(let settings): await settings.connection.probe(group)
        case .syslog(let settings): await settings.probe(group)
        case .journald(let settings): [await settings.probe(at: .system)]
        case .relp(let settings): await settings.probe(group)
        }
    }
}

extension Collection where Element == HostPort, Self: Sendable {
    /// All of them at the same time; the results in their order.
    func probeEach(_ probe: @escaping @Sendable (HostPort) async -> OutputProbe) async -> [OutputProbe] {
        await withTaskGroup(of: (Int, OutputProbe).self) { group in
            for (place, address) in enumerated() { group.addTask { (place, await probe(address)) } }
            var found: [(Int, OutputProbe)] = []
            for await result in group { found.append(result) }
            return found.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }
}
