import Foundation

/// What others do with the same audits over the same protocol.
package enum Reference: Sendable {
    case none
    /// Lines over TCP.
    case lines
    /// Syslog over TCP with octet counting.
    case octetCounted
    case relp

    /// Whether the audits are the receiver's raw messages, and not their texts.
    var isRaw: Bool { self == .lines }

    func senders(to port: Int) -> [ReferenceSender] {
        let target = #"target="127.0.0.1" port="\#(port)""#
        return switch self {
        case .none: []
        case .lines: [.writes(port), .rsyslog(#"type="omfwd" protocol="tcp" template="line" \#(target)"#)]
        case .octetCounted:
            [
                .rsyslog(
                    #"type="omfwd" protocol="tcp" TCP_Framing="octet-counted" template="RSYSLOG_SyslogProtocol23Format" \#(target)"#
                )
            ]
        case .relp: [.rsyslog(#"type="omrelp" template="RSYSLOG_SyslogProtocol23Format" \#(target)"#)]
        }
    }
}

enum ReferenceSender: Sendable {
    /// `write` in a loop, which learns nothing of what becomes of the audits.
    case writes(_ port: Int)
    /// rsyslog that reads a file, with an action.
    case rsyslog(_ action: String)

    var directory: String {
        switch self {
        case .writes: "writes"
        case .rsyslog: "rsyslog-sender"
        }
    }

    func send(_ messages: [String], in directory: String, to receiver: any Receiver) async throws -> Route.Throughput {
        let lines = Data((messages.joined(separator: "\n") + "\n").utf8)
        switch self {
        case .writes(let port):
            return try await Route.timed("a loop of write()", messages.count, to: receiver) { try write(lines, to: port) }
        case .rsyslog(let action):
            try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
            try lines.write(to: URL(fileURLWithPath: directory + "/audits"))
            try Data(configuration(action, directory).utf8).write(to: URL(fileURLWithPath: directory + "/rsyslog.conf"))
            let sender = ReceiverProcess(
                [try ReceiverProgram.rsyslogd.demanded(), "-n", "-f", directory + "/rsyslog.conf", "-i", directory + "/pid"],
                appendingTo: directory + "/out", listeningOn: [])
            let throughput = try await Route.timed("rsyslog", messages.count, to: receiver) { try await sender.start() }
            try await sender.stop()
            return throughput
        }
    }

    /// In order: what is not taken is tried again.
    private func configuration(_ action: String, _ directory: String) -> String {
        """
        global(workDirectory="\(directory)" maxMessageSize="\(Rsyslog.largestMessage)")
        module(load="imfile") module(load="omrelp")
        template(name="line" type="string" string="%msg%\\n")
        input(type="imfile" file="\(directory)/audits" tag="auditferry" ruleset="forward")
        ruleset(name="forward") { action(\(action) action.resumeRetryCount="-1") }

        """
    }

    private func write(_ bytes: Data, to port: Int) throws {
        let connection = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(connection) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = INADDR_LOOPBACK.bigEndian
        address.sin_port = UInt16(port).bigEndian
        let connected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(connection, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        try demand(connected == 0, "the loop of write() cannot connect")
        try bytes.withUnsafeBytes { buffer in
            var rest = buffer[...]
            while let start = UnsafeRawBufferPointer(rebasing: rest).baseAddress, !rest.isEmpty {
                let count = Glibc.write(connection, start, min(rest.count, 1 << 16))
                try demand(count > 0, "the loop of write() cannot write")
                rest = rest.dropFirst(count)
            }
        }
    }
}
