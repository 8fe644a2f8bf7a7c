/// Replaces `${NAME}` and `${NAME:-default}` in a value by environment variables; `$${` stands for a plain `${`.
///
/// As in a shell, the default also stands in for a variable that is empty. A name is letters, digits and `_`, and begins with
/// no digit. What was inserted is not looked at again.
enum VariableSubstitution {
    /// The longest text that may come of one value.
    static let maximumBytes = 64 << 10

    struct Problem: Error, Equatable {
        let message: String
    }

    static func isNeeded(_ text: String) -> Bool { text.contains("${") }

    /// - Throws: what cannot be replaced; names variables, never their values.
    static func expand(_ text: String, _ environment: [String: String]) throws(Problem) -> String {
        var rest = Array(text.utf8)[...]
        var expanded: [UInt8] = []
        while let byte = rest.popFirst() {
            if byte == dollar, rest.starts(with: [dollar, brace]) {
                expanded += [dollar, brace]
                rest = rest.dropFirst(2)
            } else if byte == dollar, rest.first == brace {
                expanded += try reference(&rest, environment).utf8
            } else {
                expanded.append(byte)
            }
            guard expanded.count <= maximumBytes else {
                throw Problem(message: "longer than \(ByteSize.text(maximumBytes)) once its variables are replaced")
            }
        }
        return String(decoding: expanded, as: UTF8.self)
    }

    private static let dollar = UInt8(ascii: "$")
    private static let brace = UInt8(ascii: "{")

    /// Takes what follows the dollar sign, up to the closing brace.
    private static func reference(_ rest: inout ArraySlice<UInt8>, _ environment: [String: String]) throws(Problem) -> String {
        guard let end = rest.firstIndex(of: UInt8(ascii: "}")) else { throw malformed }
        let inside = rest[(rest.startIndex + 1)..<end]
        rest = rest[(end + 1)...]
        let nameBytes = inside.prefix(while: isName)
        let after = inside[nameBytes.endIndex...]
        guard let first = nameBytes.first, !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) else { throw malformed }
        let name = String(decoding: nameBytes, as: UTF8.self)
        let value = environment[name] ?? ""
        if after.isEmpty {
            guard environment[name] != nil else { throw Problem(message: "the variable '\(name)' is not set") }
            return value
        }
        guard after.starts(with: ":-".utf8) else { throw malformed }
        let fallback = String(decoding: after.dropFirst(2), as: UTF8.self)
        guard !fallback.contains("${") else { throw Problem(message: "the default of '\(name)' holds another '${'") }
        return value.isEmpty ? fallback : value
    }

    private static let malformed = Problem(
        message: "holds a '${' that is not '${NAME}' or '${NAME:-default}'; write '$${' for a plain '${'")

    private static func isName(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }
}
