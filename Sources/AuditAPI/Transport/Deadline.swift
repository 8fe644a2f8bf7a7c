import AuditCore

/// Runs an exchange and gives up on it after a while: the one bound that also covers a server which stalls within a body.
enum Deadline {
    /// Throws ``AuditAPIError`` of kind `timeout` after `limit`; the exchange is then cancelled and awaited.
    static func run<Value: Sendable>(
        within limit: Duration, _ exchange: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        try await withThrowingTaskGroup(of: Value?.self) { group in
            defer { group.cancelAll() }
            group.addTask { try await exchange() }
            group.addTask {
                try await Task.sleep(for: limit)
                return nil
            }
            guard let first = try await group.next(), let value = first else {
                throw AuditAPIError(.timeout, "no complete answer within \(limit.text)")
            }
            return value
        }
    }
}
