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

    /// The end that the program is given.
    let pipe = Pipe()
    private let state = NIOLockedValueBox(State())

    init() {
        pipe.fileHandleForReading.readabilityHandler = { [state] handle in
            let data = handle.availableData
            if data.isEmpty { handle.readabilityHandler = nil }
            CapturedStream.take(data, state)
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
