/// An end that a user reads: what happened, and what to do next. The command line prints it as two lines and takes its exit
/// status from the code.
///
/// Texts are lower case, subject first, values in single quotes, without a full stop; neither ever holds a secret or an event's content.
public struct Failure: Error, Sendable, Equatable {
    /// Why the program ends.
    public enum Code: Sendable, Equatable {
        /// It failed at run time.
        case failed
        /// The flags cannot be used.
        case usage
        /// Input data (an instant, an id, an audits file) cannot be understood.
        case data
        /// An output or the API could not be reached, and the command is not one that waits.
        case unreachable
        /// The offset file cannot be read or written.
        case offsets
        /// Another instance holds the offset file.
        case locked
        /// The credentials or the permission were refused.
        case refused
        /// The configuration has errors.
        case configuration
    }

    public let code: Code
    /// One or more problems, one a line; `message` is the first.
    public let problems: [String]
    public let hint: String

    public var message: String { problems.first ?? "" }

    public init(_ code: Code, _ message: String, hint: String) {
        self.init(code, problems: [message], hint: hint)
    }

    public init(_ code: Code, problems: [String], hint: String) {
        self.code = code
        self.problems = problems
        self.hint = hint
    }
}

extension Failure: CustomStringConvertible {
    public var description: String { problems.joined(separator: "; ") }
}
