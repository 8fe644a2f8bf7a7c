/// A promise that was not kept, in words. Suites throw it, so that any test library can report it.
public struct Violation: Error, CustomStringConvertible {
    public let description: String

    public init(_ description: String) { self.description = description }
}

/// Throws `Violation` where the condition does not hold.
public func demand(_ condition: Bool, _ promise: @autoclosure () -> String) throws(Violation) {
    guard condition else { throw Violation(promise()) }
}

/// Throws `Violation` where `work` throws nothing.
public func demandFailure(_ promise: String, of work: () async throws -> Void) async throws(Violation) {
    do { try await work() } catch { return }
    throw Violation(promise)
}
