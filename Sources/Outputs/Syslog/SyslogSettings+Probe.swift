import Glibc
import NIOCore

extension SyslogSettings {
    func probe(_ group: any EventLoopGroup) async -> [OutputProbe] {
        switch transport {
        case .stream(let connection, _, _): await connection.probe(group)
        case .udp(let addresses): await addresses.probeEach(SyslogSettings.probeDatagrams)
        case .unix(let path): [await SyslogSettings.probeLocal(path)]
        }
    }

    private static func probeDatagrams(_ address: HostPort) async -> OutputProbe {
        await OutputProbe.of("udp \(address)") {
            try await BoundedCall.run { _ = close(try UDPSocket.connect(address)) }
            return "has an address to send to; whether anybody listens there cannot be known"
        }
    }

    private static func probeLocal(_ path: String) async -> OutputProbe {
        do {
            try await BoundedCall.run {
                var socket = LocalSocket(path: path)
                try socket.open()
                socket.close()
            }
            return OutputProbe("socket '\(path)'", .sound, "somebody listens")
        } catch {
            return OutputProbe(
                "socket '\(path)'", .failed, "\(error)",
                hint: "start the local receiver, correct 'path', or let this user write to the socket")
        }
    }
}
