import Foundation
import NIOConcurrencyHelpers

/// rsyslog with every input that it has for a forwarder, each on a port of its own; whatever arrives is written before anything else is
/// taken, so that it has stored what it acknowledges.
package final class Rsyslog: StoringReceiver {
    package enum Input: String, Sendable, CaseIterable {
        case udp
        /// Octet counting or lines, as every message says.
        case tcp
        /// TLS that asks for the client's certificate.
        case tls
        /// TLS that does not.
        case tlsOfServer = "tls-of-server"
        case unix
        case relp
        /// RELP over TLS that asks for the client's certificate.
        case relpTLS = "relp-tls"

        static let plain: [Input] = [.tcp, .relp]
        static let secured: [Input] = [.tls, .tlsOfServer, .relpTLS]
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
    ///   - authority: without one it has no inputs with TLS.
    ///   - storage: the directory of the events; its own directory by default.
    package init(
        in directory: String, authority: CertificateAuthority? = nil, storingIn storage: String? = nil
    ) throws {
        let program = try ReceiverProgram.rsyslogd.demanded()
        try FileManager.default.createDirectory(atPath: directory + "/work", withIntermediateDirectories: true)
        self.directory = directory
        self.storage = storage ?? directory
        self.authority = authority
        identity = NIOLockedValueBox(authority?.server)
        let tcp = Input.plain + (authority == nil ? [] : Input.secured)
        ports = try ReceiverPorts(tcp: tcp, udp: [.udp])
        let ports = ports
        process = ReceiverProcess(
            [program, "-n", "-f", directory + "/rsyslog.conf", "-i", directory + "/rsyslog.pid"],
            appendingTo: directory + "/rsyslog.out",
            listeningOn: tcp.map { .tcp(ports[$0]) } + [.udp(ports[.udp]), .unix(directory + "/log")])
        file = EventFile(
            self.storage + "/events.json", linesStarting: #"{"input":""#,
            message: { $0["message"]?.string },
            audit: { fields in
                [fields["message"], fields["raw"]].lazy.compactMap { ($0 as? String).flatMap(Delivery.id(ofLine:)) }.first
            })
    }

    /// Of `.unix` it is 0.
    package func port(_ input: Input) -> Int { ports[input] }
    /// The socket of `.unix`.
    package var socketPath: String { directory + "/log" }

    /// What it shows to clients from its next start on.
    package func present(_ identity: CertificateAuthority.Identity) { self.identity.withLockedValue { $0 = identity } }

    package func start() async throws {
        try Data(configuration.utf8).write(to: URL(fileURLWithPath: directory + "/rsyslog.conf"))
        // Of an earlier life that was killed.
        for name in ["rsyslog.pid", "log"] { unlink("\(directory)/\(name)") }
        try await process.start()
    }
}

extension Rsyslog {
    private var configuration: String {
        let inputs = Input.allCases.map(self.input).filter { !$0.isEmpty }
        return ([globals, modules, Rsyslog.template, ruleset] + inputs + [ownMessages]).joined(separator: "\n") + "\n"
    }

    private var globals: String {
        var texts = [
            #"workDirectory="\#(directory)/work""#, #"maxMessageSize="\#(Rsyslog.largestMessage)""#,
            // A line end in a message is to stay one.
            #"parser.escapeControlCharactersOnReceive="off""#,
            // To its own file, and not to the log of the system.
            #"processInternalMessages="on""#,
        ]
        if let authority, let identity = identity.withLockedValue({ $0 }) {
            texts += [
                #"defaultNetstreamDriverCAFile="\#(authority.certificate)""#,
                #"defaultNetstreamDriverCertFile="\#(identity.certificate)""#,
                #"defaultNetstreamDriverKeyFile="\#(identity.key)""#,
            ]
        }
        return "global(\(texts.joined(separator: " ")))"
    }

    private var modules: String {
        """
        module(load="imudp") module(load="imtcp") module(load="imuxsock" SysSock.Use="off")
        module(load="imrelp" tls.tlslib="openssl")
        """
    }

    private static let template: String = {
        let properties = [
            ("input", "inputname"), ("pri", "pri"), ("host", "hostname"), ("app", "app-name"), ("procid", "procid"),
            ("msgid", "msgid"),
            ("structured", "structured-data"), ("version", "protocol-version"), ("message", "msg"), ("raw", "rawmsg"),
        ]
        let texts = properties.map { #"property(outname="\#($0.0)" name="\#($0.1)" format="jsonf")"# }
        let time = #"property(outname="time" name="timereported" dateFormat="rfc3339" format="jsonf")"#
        return #"template(name="event" type="list" option.jsonf="on") { \#((texts + [time]).joined(separator: " ")) }"#
    }()

    private var ruleset: String {
        """
        ruleset(name="store" queue.type="direct") {
          action(type="omfile" file="\(storage)/events.json" template="event" asyncWriting="off" flushOnTXEnd="on")
        }
        """
    }

    /// Bound, since nobody listens but for its own sake.
    private func input(_ input: Input) -> String {
        let port = ports[input]
        guard port != 0 || input == .unix else { return "" }
        let common = #"ruleset="store" name="\#(input.rawValue)""#
        let place = #"address="127.0.0.1" port="\#(port)" "#
        let driver = #"maxFrameSize="\#(Rsyslog.largestMessage)" streamDriver.mode="1" "#
        return switch input {
        case .udp: #"input(type="imudp" \#(place + common))"#
        case .tcp: #"input(type="imtcp" maxFrameSize="\#(Rsyslog.largestMessage)" \#(place + common))"#
        case .tls:
            #"input(type="imtcp" streamDriver.name="ossl" streamDriver.authMode="x509/name" "#
                + #"permittedPeer="\#(CertificateAuthority.clientName)" \#(driver + place + common))"#
        case .tlsOfServer:
            #"input(type="imtcp" streamDriver.name="gtls" streamDriver.authMode="anon" \#(driver + place + common))"#
        case .unix:
            #"input(type="imuxsock" socket="\#(socketPath)" useSpecialParser="off" rateLimit.interval="0" parseHostname="on" ruleset="store")"#
        case .relp: #"input(type="imrelp" maxDataSize="\#(Rsyslog.largestMessage)" \#(place + common))"#
        case .relpTLS: relpTLS(place + common)
        }
    }

    private func relpTLS(_ rest: String) -> String {
        guard let authority, let identity = identity.withLockedValue({ $0 }) else { return "" }
        return #"input(type="imrelp" maxDataSize="\#(Rsyslog.largestMessage)" tls="on" tls.caCert="\#(authority.certificate)" "#
            + #"tls.myCert="\#(identity.certificate)" tls.myPrivKey="\#(identity.key)" tls.authMode="name" "#
            + #"tls.permittedPeer=["\#(CertificateAuthority.clientName)"] \#(rest))"#
    }

    private var ownMessages: String { #"syslog.* action(type="omfile" file="\#(directory)/own-messages.log")"# }
}
