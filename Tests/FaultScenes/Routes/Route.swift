import Engine

/// An output of the program together with a real receiver of it: what of a fault's audits are lost on this way, and what comes twice.
package struct Route: Sendable, CustomStringConvertible {
    /// What a receiver is made of.
    struct Place: Sendable {
        let directory: String
        /// Where it stores events.
        let storage: String
        let authority: CertificateAuthority
    }

    /// Where the output of the configuration connects to.
    enum Address: Sendable {
        case port(Int)
        case socket(String)
        /// Everybody knows where.
        case unnamed
    }

    /// What is made of it: the receiver, and where that listens.
    typealias Making = @Sendable (Place) async throws -> (receiver: any Receiver, address: Address)

    package let name: String
    package let guarantee: Guarantee
    let programs: [ReceiverProgram]
    let isSecured: Bool
    let make: Making
    /// The output that delivers to an address, as the configuration says it between braces.
    let output: @Sendable (_ address: String, _ authority: CertificateAuthority) -> String
    /// What others do over the same protocol, to compare with.
    let reference: Reference
    /// Under which faults the guarantee allows a loss, and why.
    let excuses: [RouteFault: String]

    /// - Parameters:
    ///   - output: its configuration without the address and without TLS: `type: tcp`.
    ///   - isSecured: whether the configuration gets certificates for both sides.
    init(
        _ name: String, _ output: String, _ guarantee: Guarantee, on programs: [ReceiverProgram], isSecured: Bool = false,
        besides reference: Reference = .none, excusing excuses: [RouteFault: String] = [:], make: @escaping Making
    ) {
        self.name = name
        self.guarantee = guarantee
        self.reference = reference
        self.programs = programs
        self.isSecured = isSecured
        self.make = make
        self.excuses = excuses
        self.output = { address, authority in
            let security = isSecured ? [Route.security(authority)] : []
            return ([output, address] + security + [Route.retries]).filter { !$0.isEmpty }.joined(separator: ", ")
        }
    }

    package var description: String { name }

    private static let retries = "retry: {first: 50ms, most: 200ms}"

    private static func security(_ authority: CertificateAuthority) -> String {
        let client = authority.client
        return
            "tls: {ca_file: \(authority.certificate), certificate_file: \(client.certificate), private_key_file: \(client.key)}"
    }

    /// What this host lacks for it; `nil` where nothing.
    package var obstacle: String? { isJournal ? Journald.obstacle : ReceiverProgram.obstacle(programs + [.openssl]) }

    /// Whether a loss under a fault would break the guarantee.
    package func promises(under fault: RouteFault) -> Bool { guarantee != .none && excuses[fault] == nil }

    /// Why this fault cannot be played on this way; `nil` where it can.
    package func exception(to fault: RouteFault) -> String? {
        switch fault {
        case .certificate where !isSecured: "no TLS"
        case .full where isJournal: "it makes room by removing what is old"
        case .resets where !isConnected, .standstill where !isConnected: "no connection"
        default: nil
        }
    }

    private var isJournal: Bool { programs.isEmpty }

    private var isConnected: Bool { guarantee != .none && guarantee != .handoff && guarantee != .durable }
}
