import Glibc

/// A file that holds no certificate, or no key, or not the key of its certificate. Says nothing of what it holds.
public struct TLSFileFailure: Error, Sendable, Equatable, CustomStringConvertible {
    public let description: String

    static func reading<Value>(
        _ path: String, _ noun: String, _ body: (String) throws -> Value
    ) throws(TLSFileFailure) -> Value {
        guard access(path, R_OK) == 0 else { throw TLSFileFailure(description: "'\(path)': \(SystemError())") }
        do {
            return try body(path)
        } catch {
            throw TLSFileFailure(description: "'\(path)' holds no \(noun) in PEM")
        }
    }
}
