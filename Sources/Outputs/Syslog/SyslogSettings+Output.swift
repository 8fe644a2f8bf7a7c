import Engine
import Formats

extension SyslogSettings {
    func makeOutput(format: Format) -> any Output {
        switch transport {
        case .stream(let connection, let framing, let acknowledgement):
            StreamOutput(syslog: self, over: connection, framing: framing, acknowledgement: acknowledgement, format: format)
        case .udp(let addresses): datagrams(UDPSocket(addresses), format)
        case .unix(let path): datagrams(LocalSocket(path: path), format)
        }
    }

    var guarantee: Guarantee {
        switch transport {
        case .stream: StreamOutput.guarantee
        case .udp: .none
        case .unix: .handoff
        }
    }

    private func datagrams(_ socket: any MessageSocket, _ format: Format) -> any Output {
        SyslogDatagramOutput(
            name: "syslog over \(destination)", socket: socket, guarantee: guarantee, settings: self, format: format)
    }
}
