import Glibc
import NIOCore

/// What the system says of an error of a connection or a socket, in its own words.
enum SystemReason {
    static func text(_ error: any Error) -> String {
        (error as? IOError).map { String(cString: strerror($0.errnoCode)).lowercased() } ?? "\(error)"
    }
}
