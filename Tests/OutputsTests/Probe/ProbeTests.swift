import EngineTesting
import FaultScenes
import Glibc
import TestTraits
import Testing

@testable import Outputs

/// What a probe finds, and that it delivers nothing.
@Suite(.fewAtATime, .timeLimit(.minutes(5)))
struct ProbeTests {
    private func probe(_ kind: OutputKind) async -> [OutputProbe] {
        await OutputDefinition(name: "siem", kind: kind).probe()
    }

    private func tcp(_ connection: ConnectionSettings) -> OutputKind { .tcp(TCPSettings(connection: connection)) }

    private func loopback(_ ports: Int...) -> ConnectionSettings {
        ConnectionSettings(addresses: ports.map { HostPort("127.0.0.1", $0) })
    }

    @Test func `a collector is connected to, sent no byte, and left in order`() async throws {
        let receiver = try TCPReceiver()
        try await receiver.start(.takesEverything)
        let found = await probe(tcp(loopback(receiver.port)))
        #expect(found == [OutputProbe("127.0.0.1:\(receiver.port)", .sound, "takes connections")])
        try await receiver.finish()
        #expect(receiver.lines.lines == [])
        #expect(receiver.lines.byteCount == 0)
    }

    @Test func `every address is tried, and named`() async throws {
        let receiver = try TCPReceiver()
        try await receiver.start(.takesEverything)
        let port = try ReservedPort()
        let found = await probe(tcp(loopback(port.number, receiver.port)))
        #expect(found.map(\.place) == ["127.0.0.1:\(port.number)", "127.0.0.1:\(receiver.port)"])
        #expect(found.map(\.verdict) == [.failed, .sound])
        #expect(found[0].seen == "connection refused")
        #expect(found[0].hint == "start the receiver there, or correct the address")
        try await receiver.finish()
    }

    @Test func `a name that nobody knows fails as one`() async {
        let found = await probe(tcp(ConnectionSettings(addresses: [HostPort("no-such-host.invalid", 514)])))
        #expect(found[0].verdict == .failed)
        #expect(found[0].seen.hasPrefix("name 'no-such-host.invalid' cannot be resolved"), "\(found[0].seen)")
        #expect(found[0].hint?.contains("correct the name") == true)
    }

    @Test func `a collector that does not trust us, or is not the right one, fails with what to do`() async throws {
        try await CertificateAuthority.with { authority in
            let receiver = try TCPReceiver(authority.server, client: authority.certificate)
            try await receiver.start(.takesEverything)
            let good = ConnectionSettings.tls(receiver.port, trusting: authority.certificate, as: authority.client)
            #expect(await probe(tcp(good)).map(\.verdict) == [.sound])
            // Both are said after our part of the handshake is done.
            for identity in [authority.unknownClient, nil] {
                let found = await probe(tcp(.tls(receiver.port, trusting: authority.certificate, as: identity)))
                #expect(found.map(\.verdict) == [.failed])
                #expect(found[0].hint?.contains("tls.certificate_file") == true, "\(found)")
            }
            let untrusted = await probe(tcp(.tls(receiver.port, trusting: authority.unknownCertificate, as: authority.client)))
            #expect(untrusted[0].hint?.contains("tls.ca_file") == true, "\(untrusted)")
            try await receiver.finish()
            #expect(receiver.lines.lines == [])
        }
    }

    @Test func `a collector whose certificate is for another host fails with the key to set`() async throws {
        try await CertificateAuthority.with { authority in
            let receiver = try TCPReceiver(authority.otherServer)
            try await receiver.start(.takesEverything)
            let found = await probe(tcp(.tls(receiver.port, trusting: authority.certificate)))
            #expect(found.map(\.verdict) == [.failed])
            #expect(found[0].hint?.contains("tls.server_name") == true, "\(found)")
            try await receiver.finish()
        }
    }

    @Test func `a collector that does not speak TLS fails as one`() async throws {
        try await CertificateAuthority.with { authority in
            let receiver = try TCPReceiver()
            try await receiver.start(.breaksOff(after: 1))
            let found = await probe(tcp(.tls(receiver.port, trusting: authority.certificate)))
            #expect(found.map(\.verdict) == [.failed])
            #expect(found[0].hint != nil)
            try await receiver.finish()
        }
    }

    /// It takes as long as a handshake may.
    @Test func `a collector that takes the connection and says nothing is not waited for without end`() async throws {
        let port = try ReservedPort()
        try port.listenAndReadNothing()
        var settings = ConnectionSettings(addresses: [HostPort("127.0.0.1", port.number)])
        settings.tls = TLSSettings()
        let found = await probe(tcp(settings))
        #expect(found.map(\.verdict) == [.failed])
        #expect(found[0].seen == "the collector does not answer the TLS handshake")
    }

    @Test func `a RELP receiver is asked for a session, which is ended in order without a message`() async throws {
        let receiver = try RELPReceiver()
        try await receiver.start(RELPConduct())
        let found = await probe(.relp(RELPSettings(connection: loopback(receiver.port))))
        #expect(found == [OutputProbe("127.0.0.1:\(receiver.port)", .sound, "opens a RELP session, with 'test'")])
        try await receiver.finish()
        #expect(receiver.farewells == 1)
        #expect(receiver.taken == [])
    }

    @Test func `a RELP receiver that refuses, or never answers, fails`() async throws {
        let cases: [(offers: String?, timeout: Int, seen: String)] = [
            ("500 no", 30, "relp: the collector does not speak RELP as it should: it refused the session with 500 'no'"),
            (nil, 1, "relp: the collector does not answer"),
        ]
        for (offers, timeout, seen) in cases {
            let receiver = try RELPReceiver()
            var conduct = RELPConduct()
            conduct.offers = offers
            try await receiver.start(conduct)
            var settings = RELPSettings(connection: loopback(receiver.port))
            settings.answerTimeout = .seconds(timeout)
            let found = await probe(.relp(settings))
            #expect(found.map(\.verdict) == [.failed])
            #expect(found.map(\.seen) == [seen])
            #expect(found[0].hint != nil, "\(found)")
            try await receiver.finish()
        }
    }

    @Test func `a local receiver is found, whether of datagrams or of a stream, and gets nothing`() async throws {
        let directory = try TemporaryDirectory()
        for kind in [SocketReceiver.Kind.datagrams(path: directory.file("log")), .stream(path: directory.file("stream"))] {
            let path = if case .datagrams(let path) = kind { path } else { directory.file("stream") }
            let settings = SyslogSettings(transport: .unix(path: path))
            let missing = await probe(.syslog(settings))
            #expect(missing.map(\.verdict) == [.failed])
            #expect(missing[0].seen == "no such file or directory")
            let receiver = try SocketReceiver(kind)
            try receiver.start(.takesEverything)
            #expect(await probe(.syslog(settings)) == [OutputProbe("socket '\(path)'", .sound, "somebody listens")])
            try await receiver.finish()
            #expect(receiver.whole == [])
        }
    }

    @Test func `over UDP a name is resolved, and no more is said`() async throws {
        func found(_ host: String) async -> OutputProbe {
            await probe(.syslog(SyslogSettings(transport: .udp([HostPort(host, 9)]))))[0]
        }
        let known = await found("127.0.0.1")
        #expect(known.verdict == .sound)
        #expect(known.seen.contains("cannot be known"))
        let unknown = await found("no-such-host.invalid")
        #expect(unknown.verdict == .failed)
        #expect(unknown.hint?.contains("correct the name") == true, "\(unknown)")
    }

    @Test func `a file is not made by a probe, and one in no directory fails`() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("audits.ndjson")
        #expect(await probe(.file(FileSettings(path: path)))[0].seen == "is not there yet and can be made")
        #expect(throws: TemporaryDirectory.Unusable.self) { try TemporaryDirectory.read(path) }
        try TemporaryDirectory.write("{}\n{", to: path)
        #expect(await probe(.file(FileSettings(path: path)))[0].seen == "can be appended to")
        #expect(try TemporaryDirectory.read(path) == "{}\n{")
        for path in [directory.file("missing/audits.ndjson"), path + "/audits.ndjson", directory.path] {
            let found = await probe(.file(FileSettings(path: path)))
            #expect(found[0].verdict == .failed)
            #expect(found[0].hint != nil)
        }
    }

    @Test func `the reader of a FIFO does not notice a probe`() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("fifo")
        #expect(mkfifo(path, 0o600) == 0)
        let reader = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        defer { close(reader) }
        #expect(await probe(.file(FileSettings(path: path)))[0].seen == "can be appended to")
        // Said once a writer has come and gone (poll(2)).
        var poll = pollfd(fd: reader, events: Int16(POLLIN), revents: 0)
        #expect(Glibc.poll(&poll, 1, 0) == 0)
    }

    @Test func `what cannot be opened fails without being opened`() async throws {
        let directory = try TemporaryDirectory()
        let receiver = try SocketReceiver(.stream(path: directory.file("socket")))
        try receiver.start(.takesEverything)
        #expect(await probe(.file(FileSettings(path: directory.file("socket"))))[0].seen == "no such device or address")
        try await receiver.finish()
        #expect(await probe(.file(FileSettings(path: directory.path)))[0].seen == "is a directory")
        #expect(await probe(.file(FileSettings(path: "/dev/null")))[0].verdict == .sound)
    }

    @Test func `journald is met, and nothing is written`() async throws {
        let receiver = try JournaldReceiver()
        var settings = JournaldSettings()
        settings.acknowledgement = .none
        let missing = await settings.probe(at: receiver.place, canRead: false)
        #expect(missing.verdict == .failed)
        #expect(missing.seen == "its socket '\(receiver.place.socket)': no such file or directory")
        try receiver.start(.takesEverything)
        #expect(await settings.probe(at: receiver.place, canRead: false).verdict == .sound)
        settings.acknowledgement = .synchronize
        let asked = await settings.probe(at: receiver.place, canRead: false)
        #expect(asked == OutputProbe("journald", .sound, "takes entries; it can be asked to synchronize"))
        settings.acknowledgement = .readBack
        let unread = await settings.probe(at: receiver.place, canRead: false)
        #expect(unread.verdict == .failed)
        #expect(unread.hint?.contains("libsystemd") == true)
        await receiver.finish()
        #expect(receiver.received == 0)
    }
}
