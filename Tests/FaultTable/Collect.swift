import ArgumentParser
import Foundation

/// A collector of lines, which writes what it reads to a file before it reads on. It serves one connection after the other, and resets one
/// whose bytes it cannot write.
struct Collect: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Listens on a port of the loopback address, and appends what comes to a file.", shouldDisplay: false)

    @Argument var port: UInt16
    @Argument var file: String

    func run() throws {
        let listener = try listening()
        let file = try demanded(open(file, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o600))
        print("listening")
        fflush(nil)
        while true {
            let connection = try demanded(accept(listener, nil, nil))
            serve(connection, file)
            close(connection)
        }
    }

    private func listening() throws -> Int32 {
        let listener = try demanded(socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0))
        var yes: Int32 = 1
        setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = INADDR_LOOPBACK.bigEndian
        address.sin_port = port.bigEndian
        let length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(listener, $0, length) }
        }
        _ = try demanded(bound)
        _ = try demanded(listen(listener, 64))
        return listener
    }

    private func serve(_ connection: Int32, _ file: Int32) {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        // A piece of a line that a connection left behind is no audit; what comes next begins a line of its own.
        endTornLine(file)
        while case let count = read(connection, &buffer, buffer.count), count > 0 {
            let end = lseek(file, 0, SEEK_END)
            guard writeAll(buffer[..<count], to: file) else {
                ftruncate(file, end)
                // Without lingering the close is a reset.
                var none = linger(l_onoff: 1, l_linger: 0)
                setsockopt(connection, SOL_SOCKET, SO_LINGER, &none, socklen_t(MemoryLayout<linger>.size))
                return
            }
        }
    }

    private func endTornLine(_ file: Int32) {
        let end = lseek(file, 0, SEEK_END)
        var last = UInt8(ascii: "\n")
        guard end > 0, pread(file, &last, 1, end - 1) == 1, last != UInt8(ascii: "\n") else { return }
        _ = writeAll([UInt8(ascii: "\n")], to: file)
    }

    private func writeAll(_ bytes: ArraySlice<UInt8>, to file: Int32) -> Bool {
        bytes.withUnsafeBytes { buffer in
            var position = 0
            while position < buffer.count {
                let count = write(file, buffer.baseAddress! + position, buffer.count - position)
                guard count > 0 else { return false }
                position += count
            }
            return true
        }
    }

    private func demanded(_ result: Int32) throws -> Int32 {
        guard result >= 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
        return result
    }
}
