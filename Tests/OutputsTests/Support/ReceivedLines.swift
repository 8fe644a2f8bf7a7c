import Glibc
import NIOConcurrencyHelpers

/// Bytes that a receiver took, as the whole lines in them; a torn end of one connection does not run into the next.
final class ReceivedLines: Sendable {
    private let state = NIOLockedValueBox((whole: [[UInt8]](), torn: [UInt8](), bytes: 0))

    func take(_ bytes: UnsafeRawBufferPointer) {
        state.withLockedValue { state in
            state.bytes += bytes.count
            var rest = bytes
            while let start = rest.baseAddress, let newline = memchr(start, 10, rest.count) {
                let length = newline - UnsafeMutableRawPointer(mutating: start)
                state.torn.append(contentsOf: rest[..<length])
                state.whole.append(state.torn)
                state.torn = []
                rest = UnsafeRawBufferPointer(rebasing: rest[(length + 1)...])
            }
            state.torn.append(contentsOf: rest)
        }
    }

    func breakOff() { state.withLockedValue { $0.torn = [] } }

    var lines: [String] { state.withLockedValue { $0.whole.map { String(decoding: $0, as: UTF8.self) } } }
    /// All that came, torn or not.
    var byteCount: Int { state.withLockedValue { $0.bytes } }
}
