import Foundation
import NIOConcurrencyHelpers

/// Tenzir with one input. It reads on while it processes, and writes what it has about once a second.
package final class Tenzir: StoringReceiver {
    package enum Input: String, Sendable, CaseIterable {
        /// JSON objects, one a line; times and numbers are written anew.
        case json
        /// Lines of whatever kind, which are not parsed.
        case lines
        /// Syslog with octet counting.
        case syslog
        /// GELF, a zero byte after each message.
        case gelf
        case relp
    }

    /// The largest message that RELP takes, in bytes.
    package static let largestMessage = 4 << 20

    let process: ReceiverProcess
    let file: EventFile
    private let ports: ReceiverPorts<Input>
    private let pipeline: String
    private let input: Input
    private let authority: CertificateAuthority?
    private let identity: NIOLockedValueBox<CertificateAuthority.Identity?>

    /// - Parameters:
    ///   - directory: where its own files are; made where it is not there.
    ///   - authority: with one its input has TLS, and asks for the client's certificate.
    ///   - storage: the directory of the events; its own directory by default.
    package init(
        _ input: Input, in directory: String, authority: CertificateAuthority? = nil, storingIn storage: String? = nil
    ) throws {
        let program = try ReceiverProgram.tenzir.demanded()
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        self.input = input
        self.authority = authority
        identity = NIOLockedValueBox(authority?.server)
        ports = try ReceiverPorts(tcp: [input])
        pipeline = directory + "/pipeline.tql"
        let path = (storage ?? directory) + "/events.json"
        process = ReceiverProcess(
            [program, "--bare-mode", "--file", pipeline], environment: ["TENZIR_CACHE_DIRECTORY": directory + "/cache"],
            appendingTo: path, listeningOn: [.tcp(ports[input])])
        let member = input.message
        file = EventFile(
            path, linesStarting: input.start,
            message: { $0[member]?.string },
            audit: { ($0[member] as? String).flatMap(input == .json ? { $0 } : Delivery.id(ofLine:)) })
    }

    package var port: Int { ports[input] }

    /// What it shows to clients from its next start on.
    package func present(_ identity: CertificateAuthority.Identity) { self.identity.withLockedValue { $0 = identity } }

    package func start() async throws {
        let text = "\(accepting)\n\(input.steps)write_ndjson\n"
        try Data(text.utf8).write(to: URL(fileURLWithPath: pipeline))
        try await process.start()
    }

    private var accepting: String {
        let place = #""127.0.0.1:\#(port)"\#(security)"#
        return switch input {
        case .json: "accept_tcp \(place) { read_ndjson }"
        case .lines: "accept_tcp \(place) { read_lines }"
        case .syslog: "accept_tcp \(place) { read_syslog octet_counting=true }"
        case .gelf: "accept_tcp \(place) { read_gelf }"
        case .relp: "accept_relp \(place), max_message_size=\(Tenzir.largestMessage)"
        }
    }

    private var security: String {
        guard let authority, let identity = identity.withLockedValue({ $0 }) else { return "" }
        return
            #", tls={certfile: "\#(identity.certificate)", keyfile: "\#(identity.key)", client_ca: "\#(authority.certificate)", "#
            + "require_client_cert: true}"
    }
}

extension Tenzir.Input {
    /// The member that holds the text of an event, or its id.
    fileprivate var message: String {
        switch self {
        case .json: "id"
        case .lines: "line"
        case .syslog, .relp: "message"
        case .gelf: "short_message"
        }
    }

    fileprivate var start: String { self == .json ? #"{"id":""# : "{\"" }

    /// What is done with an event before it is stored. What comes by RELP is not parsed by itself.
    fileprivate var steps: String { self == .relp ? "this = {...data.string().parse_syslog(), raw: data}\n" : "" }
}
