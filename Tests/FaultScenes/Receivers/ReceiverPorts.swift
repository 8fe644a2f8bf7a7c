import Foundation

/// Ports of the loopback address for the inputs of a receiver, one each, kept for as long as this lives.
final class ReceiverPorts<Input: Hashable & Sendable>: Sendable {
    private let reserved: [Input: ReservedPort]
    private let datagrams: [Input: Int]

    init(tcp: [Input], udp: [Input] = []) throws {
        reserved = try Dictionary(uniqueKeysWithValues: tcp.map { ($0, try ReservedPort()) })
        datagrams = try Dictionary(uniqueKeysWithValues: udp.map { ($0, try freePortForDatagrams()) })
    }

    /// 0 where it has none.
    subscript(input: Input) -> Int { reserved[input]?.number ?? datagrams[input] ?? 0 }
}

/// A port for datagrams that is free now. It cannot be kept: whoever is bound to it gets what is meant for the receiver.
private func freePortForDatagrams() throws -> Int {
    let descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = INADDR_LOOPBACK.bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let result = withUnsafeMutablePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            bind(descriptor, $0, length) == 0 ? getsockname(descriptor, $0, &length) : -1
        }
    }
    guard result == 0 else { throw POSIXError(.init(rawValue: errno) ?? .EIO) }
    return Int(UInt16(bigEndian: address.sin_port))
}
