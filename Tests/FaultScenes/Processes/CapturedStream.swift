import Foundation
import NIOConcurrencyHelpers

/// What a program writes to one of its streams, and whoever waits for some of it.
final class CapturedStream: Sendable {
    private struct Waiter {
        let isSatisfied: @Sendable (String) -> Bool
        let resume: CheckedContinuation<Bool, Never>
    }

    private struct State {
        var bytes = Data()
        var hasEnded = false
        var waiters: [Waiter] = []
    }

    private let state = NIOLockedValueBox(State())

    /// Reads to the end on a thread of its own, and closes the descriptor.
    func read(from descriptor: Int32) {
        Thread.detachNewThread { [state] in
            let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
            var data: Data
            repeat {
                data = handle.availableData
                CapturedStream.take(data, state)
            } while !data.isEmpty
        }
    }

    private static func take(_ data: Data, _ state: NIOLockedValueBox<State>) {
        let ready = state.withLockedValue { state in
            state.bytes += data
            state.hasEnded = data.isEmpty
            let text = String(decoding: state.bytes, as: UTF8.self)
            let ready = state.waiters.map { (waiter: $0, isSatisfied: $0.isSatisfied(text)) }
            let hasEnded = state.hasEnded
            state.waiters = ready.filter { !$0.isSatisfied && !hasEnded }.map(\.waiter)
            return ready.filter { $0.isSatisfied || hasEnded }
        }
        for (waiter, isSatisfied) in ready { waiter.resume.resume(returning: isSatisfied) }
    }

    var text: String { state.withLockedValue { String(decoding: $0.bytes, as: UTF8.self) } }

    /// Returns when what was written satisfies the condition, or when nothing more can come.
    /// - Returns: whether it does.
    func wait(until isSatisfied: @escaping @Sendable (_ text: String) -> Bool) async -> Bool {
        await withCheckedContinuation { continuation in
            let answer: Bool? = state.withLockedValue { state in
                if isSatisfied(String(decoding: state.bytes, as: UTF8.self)) { return true }
                if state.hasEnded { return false }
                state.waiters.append(Waiter(isSatisfied: isSatisfied, resume: continuation))
                return nil
            }
            if let answer { continuation.resume(returning: answer) }
        }
    }

    /// Returns when nothing more can come.
    func end() async { _ = await wait { _ in false } }
}
