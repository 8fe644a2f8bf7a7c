import Foundation
import NIOConcurrencyHelpers

/// syslog-ng, which reads structured data more strictly than others, with an input for every transport. It takes no more than its
/// destination writes.
package final class SyslogNG: StoringReceiver {
    package enum Input: String, Sendable, CaseIterable {
        /// Octet counting.
        case tcp
        case udp
        /// Octet counting over TLS that asks for the client's certificate.
        case tls
        /// Messages of RFC 5424, one a line.
        case lines
        /// Lines of whatever kind, which are not parsed.
        case raw
        case unixDatagrams = "unix-datagrams"
        case unixStream = "unix-stream"
    }

    /// The largest message that it takes, in bytes.
    package static let largestMessage = 4 << 20

    let process: ReceiverProcess
    let file: EventFile
    private let directory: String
    private let storage: String
    private let authority: CertificateAuthority?
    private let ports: ReceiverPorts<Input>
    private let identity: NIOLockedValueBox<CertificateAuthority.Identity?>

    /// - Parameters:
    ///   - directory: where its own files are; made where it is not there.
    ///   - authority: without one it has no input with TLS.
    ///   - storage: the directory of the events; its own directory by default.
    package init(
        in directory: String, authority: CertificateAuthority? = nil, storingIn storage: String? = nil
    ) throws {
        let program = try ReceiverProgram.syslogNG.demanded()
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        self.directory = directory
        self.storage = storage ?? directory
        self.authority = authority
        identity = NIOLockedValueBox(authority?.server)
        let tcp: [Input] = [.tcp, .lines, .raw] + (authority == nil ? [] : [.tls])
        ports = try ReceiverPorts(tcp: tcp, udp: [.udp])
        let ports = ports
        process = ReceiverProcess(
            [
                program, "--foreground", "--cfgfile=\(directory)/syslog-ng.conf", "--persist-file=\(directory)/persist",
                "--pidfile=\(directory)/pid", "--control=\(directory)/control", "--no-caps",
            ],
            appendingTo: directory + "/syslog-ng.out",
            listeningOn: tcp.map { .tcp(ports[$0]) }
                + [.udp(ports[.udp]), .unix(directory + "/datagrams"), .unix(directory + "/stream")])
        file = EventFile(
            self.storage + "/events.json", linesStarting: #"{"_input":""#,
            message: { $0["MESSAGE"]?.string },
            audit: { ($0["MESSAGE"] as? String).flatMap(Delivery.id(ofLine:)) })
    }

    /// Of the unix sockets it is 0.
    package func port(_ input: Input) -> Int { ports[input] }
    /// The socket of `.unixDatagrams` or `.unixStream`.
    package func socketPath(_ input: Input) -> String { directory + (input == .unixStream ? "/stream" : "/datagrams") }

    /// What it shows to clients from its next start on.
    package func present(_ identity: CertificateAuthority.Identity) { self.identity.withLockedValue { $0 = identity } }

    package func start() async throws {
        try Data(configuration.utf8).write(to: URL(fileURLWithPath: directory + "/syslog-ng.conf"))
        for input in [Input.unixDatagrams, .unixStream] { unlink(socketPath(input)) }
        try await process.start()
    }
}

extension SyslogNG {
    private var configuration: String {
        let inputs = Input.allCases.filter { $0 != .tls || authority != nil }
        return """
            @version: 3.38
            @module syslogformat
            @module afsocket
            @module affile
            @module json-plugin
            options {
              log-msg-size(\(SyslogNG.largestMessage)); keep-hostname(yes); stats-freq(0); ts-format(iso); frac-digits(6);
              time-reopen(1); flush-lines(1);
            };
            destination store { file("\(storage)/events.json" template("\(SyslogNG.template)\\n")); };
            \(inputs.map(path).joined(separator: "\n"))

            """
    }

    /// The members of the structured data stand in `_SDATA`.
    private static let template =
        "$(format-json --key-delimiter / --pair _input=$SOURCE --scope rfc5424,sdata,nv-pairs --pair _pri=$PRI --pair _structured=$SDATA)"

    private func path(_ input: Input) -> String {
        "source \(name(input)) { \(source(input)); }; "
            + "log { source(\(name(input))); destination(store); flags(flow-control); };"
    }

    private func name(_ input: Input) -> String { input.rawValue.replacing("-", with: "_") }

    private func source(_ input: Input) -> String {
        let place = "ip(127.0.0.1) port(\(ports[input]))"
        return switch input {
        case .tcp: #"syslog(\#(place) transport("tcp"))"#
        case .udp: #"syslog(\#(place) transport("udp"))"#
        case .tls: #"syslog(\#(place) transport("tls") tls(\#(security)))"#
        case .lines: #"network(\#(place) transport("tcp") flags(syslog-protocol))"#
        case .raw: #"network(\#(place) transport("tcp") flags(no-parse))"#
        case .unixDatagrams: #"unix-dgram("\#(socketPath(input))" flags(syslog-protocol))"#
        case .unixStream: #"unix-stream("\#(socketPath(input))" flags(syslog-protocol))"#
        }
    }

    private var security: String {
        guard let authority, let identity = identity.withLockedValue({ $0 }) else { return "" }
        return #"key-file("\#(identity.key)") cert-file("\#(identity.certificate)") ca-file("\#(authority.certificate)") "#
            + "peer-verify(required-trusted)"
    }
}
