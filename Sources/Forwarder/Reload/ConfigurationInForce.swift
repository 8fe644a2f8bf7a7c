import NIOConcurrencyHelpers

/// The configuration of a run, and the API that is read by it once there is one: the run's own first contact, or that of a reload that was
/// earlier.
final class ConfigurationInForce: Sendable {
    typealias Contact = (configuration: ForwarderConfiguration, api: ConnectedAPI)

    private struct State {
        var configuration: ForwarderConfiguration
        var api: ConnectedAPI?
    }

    private let state: NIOLockedValueBox<State>
    private let contacts: AsyncStream<Void>
    private let contact: AsyncStream<Void>.Continuation

    init(_ configuration: ForwarderConfiguration) {
        state = NIOLockedValueBox(State(configuration: configuration))
        (contacts, contact) = AsyncStream.makeStream(of: Void.self)
    }

    /// `api` is `nil` before the first contact.
    var current: (configuration: ForwarderConfiguration, api: ConnectedAPI?) {
        state.withLockedValue { ($0.configuration, $0.api) }
    }

    /// - Returns: whether it is the first contact, so that nothing runs by another one.
    func change(to configuration: ForwarderConfiguration, _ api: ConnectedAPI) -> Bool {
        let isFirst = state.withLockedValue { state in
            defer { state = State(configuration: configuration, api: api) }
            return state.api == nil
        }
        if isFirst { contact.finish() }
        return isFirst
    }

    /// What is first in force: `connect` is done with the configuration of the start, and given up where a reload is earlier.
    /// - Throws: what `connect` throws, unless a reload was earlier.
    func first(_ connect: @escaping @Sendable () async throws -> ConnectedAPI) async throws -> Contact {
        let own = try await withThrowingTaskGroup(of: ConnectedAPI?.self) { group in
            defer { group.cancelAll() }
            group.addTask { try await connect() }
            group.addTask { [contacts] in
                for await _ in contacts {}
                return nil
            }
            return try await group.next() ?? nil
        }
        return try state.withLockedValue { state in
            if let api = state.api ?? own {
                state.api = api
                return (state.configuration, api)
            }
            throw CancellationError()
        }
    }
}
