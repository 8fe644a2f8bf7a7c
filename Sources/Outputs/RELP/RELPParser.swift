/// Cuts what a peer sends into frames. Keeps no more than one unfinished frame; after a breach it gives the same breach again.
struct RELPParser: Sendable {
    private enum Place {
        case transaction, command, length
        /// After the last digit of the length came a space.
        case data
        case end
    }

    /// Bytes of a frame's data. A receiver's are short: a code, a sentence, and what it offers.
    static let largestData = 64 << 10

    private let largestData: Int
    private var place = Place.transaction
    private var number = 0
    private var digits = 0
    private var transaction = 0
    private var command: [UInt8] = []
    private var data: [UInt8] = []
    private var breach: RELPBreach?

    init(largestData: Int = RELPParser.largestData) { self.largestData = largestData }

    /// The frames that end in these bytes, in order.
    mutating func parse(_ bytes: some Sequence<UInt8>) throws(RELPBreach) -> [RELPFrame] {
        if let breach { throw breach }
        do {
            var frames: [RELPFrame] = []
            for byte in bytes {
                if let frame = try take(byte) { frames.append(frame) }
            }
            return frames
        } catch {
            breach = error
            throw error
        }
    }

    private mutating func take(_ byte: UInt8) throws(RELPBreach) -> RELPFrame? {
        switch place {
        case .transaction: try takeTransaction(byte)
        case .command: try takeCommand(byte)
        case .length: return try takeLength(byte)
        case .data: return try takeData(byte)
        case .end: return try takeEnd(byte)
        }
        return nil
    }

    private mutating func takeTransaction(_ byte: UInt8) throws(RELPBreach) {
        if byte == UInt8(ascii: " "), digits > 0 {
            transaction = takeNumber()
            place = .command
        } else {
            try takeDigit(byte, of: "a transaction number")
        }
    }

    private mutating func takeCommand(_ byte: UInt8) throws(RELPBreach) {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"):
            guard command.count < RELPFrame.longestCommand else { throw RELPBreach("a command is too long") }
            command.append(byte)
        case UInt8(ascii: " ") where !command.isEmpty: place = .length
        default: throw RELPBreach("a command is not of letters")
        }
    }

    private mutating func takeLength(_ byte: UInt8) throws(RELPBreach) -> RELPFrame? {
        switch byte {
        case UInt8(ascii: " ") where digits > 0:
            guard number <= largestData else { throw RELPBreach("a frame is too large") }
            // Some peers put the space even where nothing follows.
            place = number == 0 ? .end : .data
            return nil
        case UInt8(ascii: "\n") where digits > 0:
            guard number == 0 else { throw RELPBreach("a frame lacks its data") }
            return finish()
        default:
            try takeDigit(byte, of: "a length")
            return nil
        }
    }

    private mutating func takeData(_ byte: UInt8) throws(RELPBreach) -> RELPFrame? {
        data.append(byte)
        if data.count == number { place = .end }
        return nil
    }

    private mutating func takeEnd(_ byte: UInt8) throws(RELPBreach) -> RELPFrame? {
        guard byte == UInt8(ascii: "\n") else { throw RELPBreach("a frame does not end where it says") }
        return finish()
    }

    private mutating func takeDigit(_ byte: UInt8, of what: String) throws(RELPBreach) {
        guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { throw RELPBreach("\(what) is not of digits") }
        guard digits < RELPFrame.mostDigits else { throw RELPBreach("\(what) has too many digits") }
        number = number * 10 + Int(byte - UInt8(ascii: "0"))
        digits += 1
    }

    private mutating func takeNumber() -> Int {
        defer { (number, digits) = (0, 0) }
        return number
    }

    private mutating func finish() -> RELPFrame {
        defer {
            (number, digits, place) = (0, 0, .transaction)
            command.removeAll(keepingCapacity: true)
            data = []
        }
        return RELPFrame(transaction: transaction, command: String(decoding: command, as: UTF8.self), data: data)
    }
}
