extension Route {
    /// Every way of the table, in its order.
    package static let all = tcp + syslog + relp + journald

    private static let tcp = [
        Route("tcp → Tenzir", "type: tcp", .transport, on: [.tenzir], besides: .lines, excusing: kernel, make: tenzir(.lines)),
        Route("tcp → rsyslog", "type: tcp", .transport, on: [.rsyslogd], besides: .lines, excusing: kernel, make: rsyslog(.tcp)),
        Route(
            "tcp → syslog-ng", "type: tcp", .transport, on: [.syslogNG], besides: .lines, excusing: kernel, make: syslogNG(.raw)),
        Route("tcp, strict → Tenzir", "type: tcp, \(strict)", .transport, on: [.tenzir], excusing: stored, make: tenzir(.lines)),
        Route(
            "tcp, strict → rsyslog", "type: tcp, \(strict)", .transport, on: [.rsyslogd], excusing: stored, make: rsyslog(.tcp)),
        Route(
            "tcp+tls → Tenzir", "type: tcp", .transport, on: [.tenzir], isSecured: true, excusing: kernel,
            make: tenzir(.lines, isSecured: true)),
    ]

    private static let syslog = [
        Route(
            "syslog udp → rsyslog", "type: syslog, transport: udp", .none, on: [.rsyslogd], make: rsyslog(.udp)),
        Route(
            "syslog tcp → rsyslog", "type: syslog, transport: tcp", .transport, on: [.rsyslogd], besides: .octetCounted,
            excusing: kernel,
            make: rsyslog(.tcp)),
        Route(
            "syslog tcp → syslog-ng", "type: syslog, transport: tcp", .transport, on: [.syslogNG], besides: .octetCounted,
            excusing: kernel,
            make: syslogNG(.tcp)),
        Route(
            "syslog tls → rsyslog", "type: syslog, transport: tls", .transport, on: [.rsyslogd], isSecured: true,
            excusing: kernel, make: rsyslog(.tls)),
        Route(
            "syslog tls, strict → rsyslog", "type: syslog, transport: tls, \(strict)", .transport, on: [.rsyslogd],
            isSecured: true, excusing: stored, make: rsyslog(.tls)),
        Route(
            "syslog tls → syslog-ng", "type: syslog, transport: tls", .transport, on: [.syslogNG], isSecured: true,
            excusing: kernel, make: syslogNG(.tls)),
        Route(
            "syslog unix → rsyslog", "type: syslog, transport: unix", .handoff, on: [.rsyslogd], excusing: queue,
            make: rsyslog(.unix)),
        Route(
            "syslog unix → syslog-ng", "type: syslog, transport: unix", .handoff, on: [.syslogNG], excusing: queue,
            make: syslogNG(.unixDatagrams)),
    ]

    private static let relp = [
        Route(
            "relp → rsyslog", "type: relp", .application, on: [.rsyslogd], besides: .relp, excusing: stored, make: rsyslog(.relp)),
        Route(
            "relp+tls → rsyslog", "type: relp", .application, on: [.rsyslogd], isSecured: true, excusing: stored,
            make: rsyslog(.relpTLS)),
        Route("relp → Tenzir", "type: relp", .application, on: [.tenzir], excusing: memory, make: tenzir(.relp)),
    ]

    private static let journald = [
        Route("journald", "type: journald", .durable, on: []) { place in
            (try await JournaldReceiver(in: place.directory), .unnamed)
        }
    ]

    private static let strict = "acknowledgement: close"

    // MARK: What the guarantees allow

    /// What the receiver's kernel took and the receiver did not read, or read and did not store, dies with it.
    private static let kernel: [RouteFault: String] = [
        .killed: "dies with the receiver", .stoppedAndKilled: "dies with the receiver", .restarted: "dies with the receiver",
        .full: "read and not stored",
    ]

    /// A receiver that has read everything may still be killed before it stores it, or store nothing at all.
    private static let stored: [RouteFault: String] = [.killed: "read and not stored", .full: "read and not stored"]

    /// It answers for what it has in memory alone.
    private static let memory: [RouteFault: String] = [
        .killed: "answered and not stored", .stoppedAndKilled: "answered and not stored", .restarted: "answered and not stored",
        .full: "answered and not stored",
    ]

    /// The queue of a local socket dies with the receiver.
    private static let queue: [RouteFault: String] = kernel

    // MARK: The receivers

    private static func rsyslog(_ input: Rsyslog.Input) -> Making {
        { place in
            let receiver = try Rsyslog(in: place.directory, authority: place.authority, storingIn: place.storage)
            return (receiver, input == .unix ? .socket(receiver.socketPath) : .port(receiver.port(input)))
        }
    }

    private static func syslogNG(_ input: SyslogNG.Input) -> Making {
        { place in
            let receiver = try SyslogNG(in: place.directory, authority: place.authority, storingIn: place.storage)
            let isLocal = [.unixDatagrams, .unixStream].contains(input)
            return (receiver, isLocal ? .socket(receiver.socketPath(input)) : .port(receiver.port(input)))
        }
    }

    private static func tenzir(_ input: Tenzir.Input, isSecured: Bool = false) -> Making {
        { place in
            let authority = isSecured ? place.authority : nil
            let receiver = try Tenzir(input, in: place.directory, authority: authority, storingIn: place.storage)
            return (receiver, .port(receiver.port))
        }
    }
}
