import AuditCore
import Engine
import Formats
import NIOConcurrencyHelpers

/// The output `syslog` to where every message is sent by itself: over UDP, and to a local receiver.
///
/// Guarantee `none` over UDP: a message was sent, and that is all there is to know; where the kernel learns that nobody listens, the batch is refused
/// for now. Guarantee `handoff` to a local receiver: it has taken every message out of its socket, and is still there.
public struct SyslogDatagramOutput: Output {
    public let guarantee: Guarantee
    public let window = 1
    private let name: String
    private let message: SyslogMessage
    private let largest: Int?
    private let thread = BlockingThread()
    private let socket: NIOLockedValueBox<any MessageSocket>

    init(name: String, socket: any MessageSocket, guarantee: Guarantee, settings: SyslogSettings, format: Format) {
        self.name = name
        self.guarantee = guarantee
        // A local receiver may be one of a stream, where a line feed ends a message.
        message = SyslogMessage(settings: settings.message, format: format, keepsLineEnds: guarantee == .none)
        largest = settings.largest
        self.socket = NIOLockedValueBox(socket)
    }

    public func deliver(_ batch: Batch, answer: @escaping @Sendable (Answer) -> Void) async {
        do {
            answer(try await thread.run { thread in try self.send(batch, thread) })
        } catch {
            answer(.refusedForNow(Refusal("\(name): \(error)")))
        }
    }

    public func close() async {
        await thread.stop()
        socket.withLockedValue { $0.close() }
    }

    /// Blocks. Only the thread calls it.
    private func send(_ batch: Batch, _ thread: BlockingThread) throws -> Answer {
        var socket = socket.withLockedValue { $0 }
        defer { self.socket.withLockedValue { $0 = socket } }
        var refused: [Int] = []
        var buffer: [UInt8] = []
        do {
            try socket.open()
            for (place, audit) in batch.audits.enumerated() {
                buffer.removeAll(keepingCapacity: true)
                message.append(audit, of: batch.page, to: &buffer)
                if let largest, buffer.count > largest {
                    refused.append(place)
                } else if try !socket.send(buffer, unless: { thread.isCancelled }) {
                    refused.append(place)
                }
            }
            try socket.settle(unless: { thread.isCancelled })
        } catch {
            socket.close()
            throw error
        }
        guard !refused.isEmpty else { return .acknowledged }
        return .acknowledgedExcept(refused, Refusal("\(name): the message is larger than the socket or its limit takes"))
    }
}
