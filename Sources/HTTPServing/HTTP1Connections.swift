import HummingbirdCore
import Logging
import NIOConcurrencyHelpers
import NIOCore

/// HTTP/1.1, for a server whose task may be cancelled at any moment.
///
/// A connection that is accepted when the task has just been cancelled is served by nobody, and SwiftNIO ends the whole process over a
/// `NIOAsyncChannel` that nobody took (swift-nio issue 2637). Here such a connection is closed.
struct HTTP1Connections: ServerChildChannel {
    private let connections: HTTP1Channel

    init(responder: @escaping HTTPChannelHandler.Responder, configuration: HTTP1Channel.Configuration = .init()) {
        connections = HTTP1Channel(responder: responder, configuration: configuration)
    }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<AcceptedConnection> {
        connections.setup(channel: channel, logger: logger).map(AcceptedConnection.init)
    }

    func handle(value: AcceptedConnection, logger: Logger) async {
        guard let connection = value.take() else { return }
        await connections.handle(value: connection, logger: logger)
    }
}

/// A connection that is to be served, and that is closed when it is forgotten instead.
final class AcceptedConnection: ServerChildChannelValue {
    let channel: any Channel
    private let unserved: NIOLockedValueBox<HTTP1Channel.Value?>

    init(_ connection: HTTP1Channel.Value) {
        channel = connection.channel
        unserved = NIOLockedValueBox(connection)
    }

    /// - Returns: `nil` where it was taken before.
    func take() -> HTTP1Channel.Value? {
        unserved.withLockedValue { unserved in
            defer { unserved = nil }
            return unserved
        }
    }

    deinit {
        guard let forgotten = take() else { return }
        Task { try? await forgotten.executeThenClose { _, _ in } }
    }
}

extension HTTPServerBuilder {
    /// A server of HTTP/1.1 whose task may be cancelled at any moment.
    public static func cancellableHTTP1(configuration: HTTP1Channel.Configuration = .init()) -> HTTPServerBuilder {
        HTTPServerBuilder { HTTP1Connections(responder: $0, configuration: configuration) }
    }
}
