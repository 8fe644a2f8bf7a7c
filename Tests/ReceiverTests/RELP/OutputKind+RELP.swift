import FaultScenes
import Outputs

extension OutputKind {
    static func relp(_ port: Int, tls: TLSSettings? = nil, largestMessage: Int = Rsyslog.largestMessage) -> OutputKind {
        var settings = RELPSettings(connection: .loopback(port, tls: tls))
        settings.largestMessage = largestMessage
        return .relp(settings)
    }
}
