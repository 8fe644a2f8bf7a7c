import EngineTesting
import Glibc
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix

/// What a RELP receiver does with one connection.
struct RELPConduct: Sendable {
    enum Order: Sendable {
        case asReceived
        /// Backwards, so many at once.
        case reversed(groupsOf: Int)
        /// Not at all.
        case never
    }

    /// What `open` is answered with; `nil` is nothing.
    var offers: String? = "200 OK\nrelp_version=0\nrelp_software=test\ncommands=syslog"
    var order = Order.asReceived
    /// The code that a message is answered with.
    var code: @Sendable (_ message: String) -> Int = { _ in 200 }
    /// After so many messages it says that it ends the session, and closes; what came beyond them is not taken.
    var mostMessages = Int.max
    /// After so many bytes it resets the connection.
    var mostBytes = Int.max
    /// It reads nothing.
    var stalls = false
    /// What `close` is answered with; `nil` is nothing, and the connection stays.
    var farewell: String? = ""
    /// What it says instead of the answer to the first message.
    var nonsense: String?
}

/// A RELP receiver in this process. It keeps what it answers with 200, before it answers.
final class RELPReceiver: Sendable {
    private struct State {
        /// What the next connections do, the last of them all that follow.
        var conducts: [RELPConduct] = []
        var connections: [any Channel] = []
        var taken: [String] = []
        var farewells = 0
    }

    private let reserved: LoopbackPort
    private let listener = NIOLockedValueBox<(any Channel)?>(nil)
    private let state = NIOLockedValueBox(State())

    init() throws { reserved = try LoopbackPort() }

    var port: Int { reserved.number }
    /// Every message that it took, in order.
    var taken: [String] { state.withLockedValue { $0.taken } }
    var connectionCount: Int { state.withLockedValue { $0.connections.count } }
    /// How many clients ended their session in order.
    var farewells: Int { state.withLockedValue { $0.farewells } }

    func start(_ conducts: RELPConduct...) async throws {
        state.withLockedValue { $0.conducts = conducts }
        let opened = try await reserved.listen { channel in self.accept(channel) }
        listener.withLockedValue { $0 = opened }
    }

    /// Takes what still comes, until every connection has ended.
    func finish() async throws {
        for connection in state.withLockedValue({ $0.connections }) {
            _ = try? await connection.setOption(.autoRead, value: true).get()
            try await connection.closeFuture.get()
        }
        try await listener.withLockedValue { $0 }?.close()
    }

    fileprivate func take(_ message: String) { state.withLockedValue { $0.taken.append(message) } }
    fileprivate func takeFarewell() { state.withLockedValue { $0.farewells += 1 } }

    private func accept(_ channel: any Channel) -> EventLoopFuture<Void> {
        let conduct = state.withLockedValue { state in
            state.connections.append(channel)
            return state.conducts.count > 1 ? state.conducts.removeFirst() : state.conducts[0]
        }
        return channel.eventLoop.makeCompletedFuture {
            try channel.pipeline.syncOperations.addHandler(Serving(conduct, self))
            if conduct.stalls { try channel.syncOptions?.setOption(.autoRead, value: false) }
        }
    }
}

/// The receiver's side of one connection.
private final class Serving: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let conduct: RELPConduct
    private let receiver: RELPReceiver
    private var left: Int
    private var bytes = ByteBuffer()
    private var messages = 0
    private var unanswered: [(transaction: Int, code: Int)] = []
    private var hasEnded = false

    init(_ conduct: RELPConduct, _ receiver: RELPReceiver) {
        self.conduct = conduct
        self.receiver = receiver
        left = conduct.mostBytes
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var new = unwrapInboundIn(data)
        var taken = new.readSlice(length: min(left, new.readableBytes)) ?? ByteBuffer()
        left -= taken.readableBytes
        bytes.writeBuffer(&taken)
        while !hasEnded, let (transaction, command, data) = nextFrame() { serve(transaction, command, data, context) }
        if left == 0 {
            hasEnded = true
            _ = (context.channel as? any SocketOptionProvider)?.setSoLinger(linger(l_onoff: 1, l_linger: 0))
            context.close(promise: nil)
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        context.flush()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    /// `nil` until there is a whole one.
    private func nextFrame() -> (Int, String, String)? {
        var ahead = bytes
        guard let transaction = word(&ahead).flatMap({ Int($0) }), let command = word(&ahead), let digits = word(&ahead),
            let length = Int(digits)
        else { return nil }
        // An empty frame has its line end where others have a space.
        guard length > 0 else {
            bytes = ahead
            return (transaction, command, "")
        }
        guard let data = ahead.readString(length: length), ahead.readInteger() == UInt8(ascii: "\n") else { return nil }
        bytes = ahead
        return (transaction, command, data)
    }

    private func word(_ bytes: inout ByteBuffer) -> String? {
        let ends = [UInt8(ascii: " "), UInt8(ascii: "\n")]
        guard let end = bytes.readableBytesView.firstIndex(where: ends.contains) else { return nil }
        defer { bytes.moveReaderIndex(forwardBy: 1) }
        return bytes.readString(length: end - bytes.readerIndex)
    }

    private func serve(_ transaction: Int, _ command: String, _ data: String, _ context: ChannelHandlerContext) {
        switch command {
        case "open": if let offers = conduct.offers { say("\(transaction) rsp \(offers.utf8.count) \(offers)\n", context) }
        case "close":
            receiver.takeFarewell()
            guard let farewell = conduct.farewell else { return }
            say("\(transaction) rsp \(farewell.utf8.count)\(farewell.isEmpty ? "" : " " + farewell)\n", context)
            context.close(promise: nil)
        default: take(data, transaction, context)
        }
    }

    private func take(_ message: String, _ transaction: Int, _ context: ChannelHandlerContext) {
        if let nonsense = conduct.nonsense { return say(nonsense, context) }
        let code = conduct.code(message)
        if case .never = conduct.order { return }
        if code == 200 { receiver.take(message) }
        unanswered.append((transaction, code))
        messages += 1
        switch conduct.order {
        case .asReceived: answer(context)
        case .reversed(let count): if unanswered.count == count { answer(context) }
        case .never: break
        }
        guard messages >= conduct.mostMessages else { return }
        hasEnded = true
        say("0 serverclose 0\n", context)
        context.close(promise: nil)
    }

    private func answer(_ context: ChannelHandlerContext) {
        for (transaction, code) in unanswered.reversed() {
            let text = code == 200 ? "200 OK" : "\(code) no"
            say("\(transaction) rsp \(text.utf8.count) \(text)\n", context)
        }
        unanswered = []
    }

    private func say(_ text: String, _ context: ChannelHandlerContext) {
        context.write(NIOAny(ByteBuffer(string: text)), promise: nil)
        context.flush()
    }
}
