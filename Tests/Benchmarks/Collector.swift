import Glibc

/// A TCP collector on a thread of its own, which reads and counts lines.
final class Collector: @unchecked Sendable {
    private let listener: Int32
    let port: Int
    private var lines = 0
    private let lock: UnsafeMutablePointer<pthread_mutex_t>
    private let counted: UnsafeMutablePointer<pthread_cond_t>

    init() throws {
        lock = .allocate(capacity: 1)
        pthread_mutex_init(lock, nil)
        counted = .allocate(capacity: 1)
        pthread_cond_init(counted, nil)
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        self.listener = listener
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, length) == 0 && listen(listener, 64) == 0 && getsockname(listener, $0, &length) == 0
            }
        }
        guard bound else { throw BenchmarkError("the collector cannot listen") }
        port = Int(UInt16(bigEndian: address.sin_port))
        try start()
    }

    private func start() throws {
        var thread = pthread_t()
        let started = pthread_create(
            &thread, nil,
            { context in
                if let context { Unmanaged<Collector>.fromOpaque(context).takeUnretainedValue().serve() }
                return nil
            }, Unmanaged.passRetained(self).toOpaque())
        guard started == 0 else { throw BenchmarkError("the collector cannot start") }
    }

    /// Line ends, once there are as many as `expected`, or `seconds` are over: what was sent may not be read yet.
    func count(expected: Int, seconds: Int = 60) -> Int {
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        var limit = timespec(tv_sec: time(nil) + seconds, tv_nsec: 0)
        while lines < expected, pthread_cond_timedwait(counted, lock, &limit) == 0 {}
        return lines
    }

    /// Takes one connection after the other, each to its end, as they come.
    private func serve() {
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        while true {
            let connection = accept(listener, nil, nil)
            guard connection >= 0 else { return }
            while case let size = read(connection, &buffer, buffer.count), size > 0 {
                var found = 0
                for byte in buffer[..<size] where byte == UInt8(ascii: "\n") { found += 1 }
                pthread_mutex_lock(lock)
                lines += found
                pthread_cond_signal(counted)
                pthread_mutex_unlock(lock)
            }
            close(connection)
        }
    }
}
