import Engine
import EngineTesting
import FaultScenes
import Foundation
import NIOConcurrencyHelpers
import Outputs

/// A real receiver for the conformance suite. Where it is to break off, the way to it does.
final class ReceiverBench: OutputBench {
    let abilities: Set<OutputAbility> = [.startsWithoutReceiver, .breaksOff, .stalls]
    private let directory: TemporaryDirectory
    private let receiver: any Receiver
    private let port: Int
    private let line: @Sendable (StoredEvent) -> String?
    private let output: @Sendable (_ port: Int) -> any Output
    private let proxy = NIOLockedValueBox<FaultProxy?>(nil)

    /// - Parameters:
    ///   - receiver: makes it in a directory, and says on which port it listens.
    ///   - line: the audit in an event, as one line; `nil` for the piece that a connection left behind when it broke off.
    ///   - output: makes the output that delivers to a port.
    init(
        _ receiver: (_ directory: String) throws -> (any Receiver, port: Int),
        line: @escaping @Sendable (StoredEvent) -> String?,
        output: @escaping @Sendable (_ port: Int) -> any Output
    ) throws {
        directory = try TemporaryDirectory()
        (self.receiver, port) = try receiver(directory.path)
        self.line = line
        self.output = output
    }

    func makeOutput() -> any Output { output(proxy.withLockedValue { $0 }?.port ?? port) }

    func start(_ conduct: ReceiverConduct) async throws {
        try await receiver.start()
        switch conduct {
        case .takesEverything: break
        case .stalls: receiver.pause()
        case .breaksOff(let count):
            let proxy = try await FaultProxy(to: port, limits: [count])
            self.proxy.withLockedValue { $0 = proxy }
        }
    }

    func finish() async throws {
        receiver.resume()
        try await receiver.readsEverything(from: port)
        try await receiver.stop()
        try await proxy.withLockedValue { $0 }?.close()
    }

    func received() throws -> [String] { try receiver.events.compactMap(line) }

    /// The text where it is whole: no piece of a JSON object is one.
    static func whole(_ text: String?) -> String? {
        guard let text, (try? JSONSerialization.jsonObject(with: Data(text.utf8))) != nil else { return nil }
        return text
    }
}

/// A directory that goes with the last one who holds it.
final class TemporaryDirectory: Sendable {
    let path = NSTemporaryDirectory() + "auditferry-receiver-" + UUID().uuidString

    init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }
    deinit { try? FileManager.default.removeItem(atPath: path) }
}
