import NIOCore
import NIOPosix
import NIOSSL

/// What went wrong with a connection, in the words of the system.
enum NetworkFailure {
    static func describe(_ error: any Error) -> String {
        switch error {
        case let error as IOError: SystemError(error.errnoCode).description
        case let error as NIOConnectionError: describe(error)
        case let error as ChannelError: describe(error)
        case let error as NIOSSLError: describe(error)
        case let error as BoringSSLError: describe(error)
        case let error as NIOSSLExtraError where error == .failedToValidateHostname:
            "the collector's certificate is not for this host; name the one that it is for, as 'server_name'"
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
        case .connectTimeout: "no answer to the connection attempt"
        case .ioOnClosedChannel, .eof, .alreadyClosed: "the connection was closed"
        default: "\(error)"
        }
    }

    private static func describe(_ error: NIOSSLError) -> String {
        switch error {
        case .handshakeFailed(let reason): "the TLS handshake failed: \(describe(reason))"
        case .uncleanShutdown: "the connection was closed"
        default: "TLS: \(error)"
        }
    }

    private static func describe(_ error: BoringSSLError) -> String {
        let text = "\(error)"
        let known: [(String, String)] = [
            ("CERTIFICATE_VERIFY_FAILED", "the collector's certificate is not trusted"),
            ("TLSV1_ALERT_UNKNOWN_CA", "the collector does not trust our certificate"),
            ("CERTIFICATE_REQUIRED", "the collector wants a certificate of ours"),
            ("BAD_CERTIFICATE", "the collector refuses our certificate"),
            ("ACCESS_DENIED", "the collector refuses our certificate"),
            ("HANDSHAKE_FAILURE", "the collector refuses the handshake, for want of a certificate perhaps"),
            ("WRONG_VERSION_NUMBER", "the collector does not speak TLS"),
            ("PROTOCOL_VERSION", "the collector has no TLS version in common with us"),
            ("eofDuringHandshake", "the collector closed the connection in it"),
        ]
        return known.first { text.contains($0.0) }?.1 ?? text
    }

    /// The receiver's name before what it failed with, where there are several.
    static func named(_ address: HostPort, among addresses: [HostPort]) -> String { addresses.count > 1 ? "\(address): " : "" }
}
