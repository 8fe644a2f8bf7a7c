/// A unit of the protocol, in either direction: `TXNR SP COMMAND SP DATALEN [SP DATA] LF`.
struct RELPFrame: Sendable, Equatable {
    /// 1 to 999,999,999, and 0 for a hint, which has no answer.
    var transaction: Int
    /// 1 to 32 letters.
    var command: String
    var data: [UInt8] = []

    static let lastTransaction = 999_999_999
    static let longestCommand = 32
    /// Of a transaction and of a length.
    static let mostDigits = 9

    /// The number that follows; after the last one comes 1.
    static func transaction(after transaction: Int) -> Int { transaction >= lastTransaction ? 1 : transaction + 1 }

    /// Appends the frame. Empty data has no space before it.
    static func append(_ transaction: Int, _ command: String, _ data: some Collection<UInt8>, to buffer: inout [UInt8]) {
        buffer += "\(transaction) \(command) \(data.count)".utf8
        if !data.isEmpty {
            buffer.append(UInt8(ascii: " "))
            buffer += data
        }
        buffer.append(UInt8(ascii: "\n"))
    }

    var bytes: [UInt8] {
        var bytes: [UInt8] = []
        RELPFrame.append(transaction, command, data, to: &bytes)
        return bytes
    }
}

/// The peer did not keep to the protocol: the connection is good for nothing more.
struct RELPBreach: Error, Equatable, CustomStringConvertible {
    /// For people; holds nothing of what was received.
    let description: String

    init(_ description: String) { self.description = description }
}
