import Engine
import NIOCore
import NIOPosix
import NIOSSL

/// What went wrong with a connection, in the words of the system.
enum NetworkFailure {
    static func describe(_ error: any Error) -> String {
        switch error {
        case let refusal as Refusal: refusal.reason
        case let error as IOError: SystemError(error.errnoCode).description
        case let error as NIOConnectionError: describe(error)
        case let error as ChannelError: describe(error)
        case let error as NIOSSLError: describe(error)
        case let error as BoringSSLError: describe(error)
        case let error as NIOSSLExtraError where error == .failedToValidateHostname:
            NetworkTrouble.otherHost.reason
        default: "\(error)"
        }
    }

    private static func describe(_ error: NIOConnectionError) -> String {
        if let failed = error.connectionErrors.first { return describe(failed.error) }
        if let unresolved = error.dnsAError ?? error.dnsAAAAError {
            return "name '\(error.host)' cannot be resolved: \(unresolved)"
        }
        return "no address of '\(error.host)' answers"
    }

    private static func describe(_ error: ChannelError) -> String {
        switch error {
        case .connectTimeout: NetworkTrouble.noAnswer.reason
        case .ioOnClosedChannel, .eof, .alreadyClosed: NetworkTrouble.closed.reason
        default: "\(error)"
        }
    }

    private static func describe(_ error: NIOSSLError) -> String {
        switch error {
        case .handshakeFailed(let reason): "the TLS handshake failed: \(describe(reason))"
        case .uncleanShutdown: NetworkTrouble.closed.reason
        default: "TLS: \(error)"
        }
    }

    private static func describe(_ error: BoringSSLError) -> String {
        let text = "\(error)"
        return NetworkTrouble.ofTLS.first { text.contains($0.sign) }?.trouble.reason ?? text
    }

    /// The receiver's name before what it failed with, where there are several.
    static func named(_ address: HostPort, among addresses: [HostPort]) -> String { addresses.count > 1 ? "\(address): " : "" }
}
