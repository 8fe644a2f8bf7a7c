import Glibc

/// A port of the loopback address where connections are refused. It is bound all the while, so that the kernel gives it to nobody else: tests
/// that run beside this one make servers on ports of the kernel's choice.
final class ClosedPort: Sendable {
    let number: Int
    private let descriptor: Int32

    init() throws(NoPort) {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = INADDR_LOOPBACK.bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = descriptor
        let result = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 ? getsockname(descriptor, $0, &length) : -1
            }
        }
        number = Int(UInt16(bigEndian: address.sin_port))
        guard result == 0 else { throw NoPort() }
    }

    deinit { close(descriptor) }

    struct NoPort: Error {}
}
