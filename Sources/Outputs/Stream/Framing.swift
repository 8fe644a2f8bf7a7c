/// Where one message ends and the next begins in a stream of bytes.
public enum Framing: String, Sendable, CaseIterable {
    /// A line feed behind each message, which holds none (RFC 6587 section 3.4.2).
    case newline
    /// The number of its bytes and a space before each message, which may hold anything (RFC 6587 section 3.4.1).
    case octetCounted = "octet_counted"
    /// A NUL behind each message, which holds none.
    case nul

    func append(_ message: [UInt8], to buffer: inout [UInt8]) {
        switch self {
        case .newline:
            buffer += message
            buffer.append(UInt8(ascii: "\n"))
        case .octetCounted:
            buffer += "\(message.count) ".utf8
            buffer += message
        case .nul:
            buffer += message
            buffer.append(0)
        }
    }
}
