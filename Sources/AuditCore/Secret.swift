/// A text that must not be seen: it prints as `[redacted]` wherever it is described, interpolated, dumped or logged.
public struct Secret: Sendable, Equatable {
    private let value: String

    public init(_ value: String) { self.value = value }

    /// The text itself, for the one place that sends it. Never pass it to a log, an error or a command line.
    public func reveal() -> String { value }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "[redacted]" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
