import Glibc

/// Datagrams to the first of several receivers whose name can be resolved and whose host does not refuse.
struct UDPSocket: MessageSocket {
    /// Names are resolved anew this often: a socket without a connection never learns that its receiver has moved.
    private static let lifetime = Duration.seconds(60)

    private var order: AddressOrder
    private let beginning = ContinuousClock.now
    private var current: (descriptor: Int32, address: HostPort, until: Duration)?

    init(_ addresses: [HostPort]) { order = AddressOrder(addresses) }

    mutating func open() throws {
        if let current, now < current.until { return }
        close()
        var failures: [String] = []
        for address in order.order(at: now) {
            do {
                current = (try UDPSocket.connect(address), address, now + UDPSocket.lifetime)
                return
            } catch {
                order.failed(address, at: now)
                failures.append("\(address): \(error)")
            }
        }
        throw DialFailure(description: failures.joined(separator: "; "))
    }

    mutating func send(_ message: [UInt8], unless isCancelled: () -> Bool) throws -> Bool {
        guard let current else { throw SystemError(ENOTCONN) }
        while true {
            do throws(SystemError) {
                _ = try uninterrupted { Glibc.send(current.descriptor, message, message.count, Int32(MSG_DONTWAIT)) }
                return true
            } catch {
                switch error.code {
                case EMSGSIZE: return false
                case EAGAIN, ENOBUFS: _ = try Readiness.wait(current.descriptor, for: POLLOUT, unless: isCancelled)
                default:
                    order.failed(current.address, at: now)
                    throw error
                }
            }
        }
    }

    /// There is nothing to wait for: that nobody listens is said by the next call, if at all.
    mutating func settle(unless isCancelled: () -> Bool) throws {}

    mutating func close() {
        if let current { _ = Glibc.close(current.descriptor) }
        current = nil
    }

    private var now: Duration { ContinuousClock.now - beginning }

    /// A descriptor that sends to the address, its caller's to close. Waits as long as the name service does.
    static func connect(_ address: HostPort) throws -> Int32 {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_DGRAM.rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(address.host, "\(address.port)", &hints, &found)
        guard code == 0 else {
            throw DialFailure(description: "the name cannot be resolved: \(String(cString: gai_strerror(code)))")
        }
        defer { freeaddrinfo(found) }
        var failure = SystemError(EADDRNOTAVAIL)
        var candidate = found
        while let info = candidate?.pointee {
            candidate = info.ai_next
            let descriptor = socket(info.ai_family, info.ai_socktype | Int32(SOCK_CLOEXEC.rawValue), info.ai_protocol)
            guard descriptor >= 0 else {
                failure = SystemError()
                continue
            }
            if Glibc.connect(descriptor, info.ai_addr, info.ai_addrlen) == 0 { return descriptor }
            failure = SystemError()
            _ = Glibc.close(descriptor)
        }
        throw failure
    }
}
