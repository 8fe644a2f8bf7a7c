import AuditCore

/// Cuts a JSON array of audits that arrives in chunks, with at most one piece, one audit and one chunk in memory.
///
/// Call `push` for each chunk and deliver what it returns; then `finish`, which fails where the array was cut off.
struct AuditCutter {
    /// 256 KiB: some hundred audits.
    static let usualPieceSize = 256 << 10
    /// 16 MiB: thirty times the largest request that the API takes.
    static let usualLargestAudit = 16 << 20

    /// A piece is given out once it has this many bytes.
    private let pieceSize: Int
    /// An audit with more bytes is none.
    private let largestAudit: Int

    private enum Place {
        /// Before the bracket that opens the array.
        case start
        /// Behind that bracket: an element, or the end.
        case first
        /// Behind a comma: an element.
        case element
        /// Within an element.
        case within
        /// Behind an element: a comma, or the end.
        case after
        /// Behind the closing bracket: white space alone.
        case end
    }

    private var place = Place.start
    private var boundary = BoundaryScan()
    /// Bytes that are not given out yet, and how many came before them.
    private var buffer: [UInt8] = []
    private var offset = 0
    /// Up to where the buffer was looked at.
    private var position = 0
    private var elementStart = 0
    /// Complete elements in the buffer.
    private var audits: [RawAudit] = []

    init(pieceSize: Int = AuditCutter.usualPieceSize, largestAudit: Int = AuditCutter.usualLargestAudit) {
        self.pieceSize = pieceSize
        self.largestAudit = largestAudit
    }

    /// The pieces that the chunk completes; none where it does not fill one.
    mutating func push(_ chunk: [UInt8]) throws(ScanFailure) -> [AuditPage] {
        buffer += chunk
        var pieces: [AuditPage] = []
        while position < buffer.count {
            try step()
            if place == .after, let last = audits.last, last.end >= pieceSize, last.end == position {
                pieces.append(takePiece())
            }
        }
        // What is no part of an element need not be kept.
        if place != .within, audits.isEmpty { drop(position) }
        guard place != .within || position - elementStart <= largestAudit else {
            throw ScanFailure(.tooLarge, at: offset + elementStart)
        }
        return pieces
    }

    /// The last piece, if there is one. The array must have ended.
    mutating func finish() throws(ScanFailure) -> AuditPage? {
        guard place == .end else { throw ScanFailure(.truncated, at: offset + buffer.count) }
        return audits.isEmpty ? nil : takePiece()
    }

    /// Goes on by one token, or to the end of the buffer within an element.
    private mutating func step() throws(ScanFailure) {
        if place == .within { return try stepWithin() }
        let byte = buffer[position]
        if byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 {
            position += 1
            return
        }
        switch (place, byte) {
        case (.start, UInt8(ascii: "[")): place = .first
        case (.first, UInt8(ascii: "]")), (.after, UInt8(ascii: "]")): place = .end
        case (.after, UInt8(ascii: ",")): place = .element
        case (.first, _), (.element, _):
            elementStart = position
            boundary = BoundaryScan()
            place = .within
            return
        case (.end, _): throw ScanFailure(.trailing, at: offset + position)
        default: throw ScanFailure(.unexpectedByte, at: offset + position)
        }
        position += 1
    }

    private mutating func stepWithin() throws(ScanFailure) {
        var scan = boundary
        var scanned = position
        let isWhole = scan.findEnd(buffer.span, &scanned)
        boundary = scan
        position = scanned
        guard isWhole else { return }
        do throws(ScanFailure) {
            var end = elementStart
            let audit = try AuditScan.element(buffer.span, &end, level: 1)
            guard end == position else { throw ScanFailure(.unexpectedByte, at: end) }
            audits.append(audit)
        } catch {
            throw ScanFailure(error.reason, at: offset + error.position)
        }
        place = .after
    }

    private mutating func takePiece() -> AuditPage {
        let end = audits.last?.end ?? 0
        let piece = AuditPage(bytes: Array(buffer[..<end]), audits: audits)
        audits = []
        drop(end)
        return piece
    }

    private mutating func drop(_ count: Int) {
        buffer.removeSubrange(..<count)
        offset += count
        position -= count
        elementStart -= count
    }
}

/// Finds where one element ends, over as many chunks as it takes. It counts brackets and knows strings; the grammar is
/// checked when the element is whole.
struct BoundaryScan {
    private var depth = 0
    private var isInString = false
    private var isEscaped = false
    private var hasBegun = false

    /// Goes on to behind the element's last byte and returns true, or to the end of the bytes and returns false.
    mutating func findEnd(_ bytes: Span<UInt8>, _ position: inout Int) -> Bool {
        while position < bytes.count {
            if isInString, !isEscaped {
                JSONScan.plainText(bytes, &position)
                guard position < bytes.count else { return false }
            }
            let byte = bytes[position]
            if isInString {
                position += 1
                if inString(byte) { return true }
            } else if hasBegun, depth == 0 {
                // A number or a word has no end of its own.
                if ends(byte) { return true }
                position += 1
            } else {
                position += 1
                if outside(byte) { return true }
            }
        }
        return false
    }

    private mutating func inString(_ byte: UInt8) -> Bool {
        if isEscaped {
            isEscaped = false
        } else if byte == UInt8(ascii: "\\") {
            isEscaped = true
        } else if byte == UInt8(ascii: "\"") {
            isInString = false
            return depth == 0
        }
        return false
    }

    private mutating func outside(_ byte: UInt8) -> Bool {
        hasBegun = true
        switch byte {
        case UInt8(ascii: "\""): isInString = true
        case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
        case UInt8(ascii: "}"), UInt8(ascii: "]"):
            depth -= 1
            return depth <= 0
        default: break
        }
        return false
    }

    private func ends(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: ","), UInt8(ascii: "]"), UInt8(ascii: "}"), 0x20, 0x0a, 0x0d, 0x09: true
        default: false
        }
    }
}
