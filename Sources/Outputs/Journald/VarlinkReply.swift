/// What a varlink service answered to a call (varlink.org): a JSON object with `parameters`, or with `error` too.
enum VarlinkReply: Equatable {
    case done
    /// The name of the error, cut and without what a terminal would take amiss.
    case failed(String)
    /// No answer to a call.
    case garbage

    /// An answer of journald has a few dozen bytes.
    static let mostBytes = 64 << 10
    private static let mostNameCharacters = 100

    /// - Parameter bytes: without the NUL that ends a message. Understood strictly: only a whole object whose members are these, each once, says
    ///   that something was done.
    init(_ bytes: [UInt8]) {
        var parser = Parser(bytes)
        do {
            let error = try parser.reply()
            self = error.map { .failed(String($0.prefix(VarlinkReply.mostNameCharacters))) } ?? .done
        } catch {
            self = .garbage
        }
    }
}

extension VarlinkReply {
    /// The JSON of a reply (RFC 8259), and nothing beyond it.
    private struct Parser {
        private struct Unexpected: Error {}

        /// Objects and arrays inside each other.
        private static let mostDepth = 16

        private let bytes: [UInt8]
        private var position = 0

        init(_ bytes: [UInt8]) { self.bytes = bytes }

        /// - Returns: the error's name.
        mutating func reply() throws -> String? {
            var names: Set<String> = []
            var error: String?
            try object { parser, name in
                guard names.insert(name).inserted else { throw Unexpected() }
                switch name {
                case "parameters": if parser.next != UInt8(ascii: "{") { try parser.word("null") } else { try parser.value(1) }
                case "error": error = try parser.string()
                // More answers follow: this one is no end of anything.
                case "continues": try parser.word("false")
                default: throw Unexpected()
                }
            }
            guard position == bytes.count, !names.isEmpty else { throw Unexpected() }
            return error
        }

        /// Behind white space; `nil` at the end.
        private var next: UInt8? {
            mutating get {
                while position < bytes.count, [0x20, 0x09, 0x0a, 0x0d].contains(bytes[position]) { position += 1 }
                return position < bytes.count ? bytes[position] : nil
            }
        }

        private mutating func take(_ character: Unicode.Scalar) throws {
            guard next == UInt8(ascii: character) else { throw Unexpected() }
            position += 1
        }

        private mutating func word(_ word: StaticString) throws {
            _ = next
            let isThere = word.withUTF8Buffer { bytes[position...].starts(with: $0) }
            guard isThere else { throw Unexpected() }
            position += word.utf8CodeUnitCount
        }

        private mutating func object(_ member: (inout Parser, String) throws -> Void) throws {
            try list("{", "}") { parser in
                let name = try parser.string()
                try parser.take(":")
                try member(&parser, name)
            }
        }

        private mutating func list(
            _ open: Unicode.Scalar, _ end: Unicode.Scalar, _ item: (inout Parser) throws -> Void
        ) throws {
            try take(open)
            if next == UInt8(ascii: end) { return position += 1 }
            while true {
                try item(&self)
                if next == UInt8(ascii: end) { break }
                try take(",")
            }
            position += 1
            _ = next
        }

        private mutating func value(_ depth: Int) throws {
            guard depth < Parser.mostDepth else { throw Unexpected() }
            switch next {
            case UInt8(ascii: "{"): try object { parser, _ in try parser.value(depth + 1) }
            case UInt8(ascii: "["): try list("[", "]") { try $0.value(depth + 1) }
            case UInt8(ascii: "\""): _ = try string()
            case UInt8(ascii: "t"): try word("true")
            case UInt8(ascii: "f"): try word("false")
            case UInt8(ascii: "n"): try word("null")
            default: try number()
            }
        }

        private mutating func number() throws {
            let start = position
            while position < bytes.count, "+-.eE0123456789".utf8.contains(bytes[position]) { position += 1 }
            guard Double(String(decoding: bytes[start..<position], as: UTF8.self)) != nil else { throw Unexpected() }
        }

        /// An escape stays as it is written: no name that is known has one.
        private mutating func string() throws -> String {
            try take("\"")
            let start = position
            while position < bytes.count, bytes[position] >= 0x20, bytes[position] != UInt8(ascii: "\"") {
                position += bytes[position] == UInt8(ascii: "\\") ? 2 : 1
            }
            guard position < bytes.count, bytes[position] == UInt8(ascii: "\""),
                let text = String(validating: bytes[start..<position], as: UTF8.self)
            else { throw Unexpected() }
            position += 1
            return text
        }
    }
}
