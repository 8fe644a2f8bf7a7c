import NIOCore
import NIOPosix

/// What went wrong with a connection, in the words of the system.
enum TCPFailure {
    static func describe(_ error: any Error) -> String {
        switch error {
        case let error as IOError: SystemError(error.errnoCode).description
        case let error as NIOConnectionError: describe(error)
        case let error as ChannelError: describe(error)
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
}
