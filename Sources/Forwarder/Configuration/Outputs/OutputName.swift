/// The names of outputs: the user's own, and those that are made of what `--output` says.
///
/// A name keys an output's offset, so one URL always makes the same name and two URLs never make one:
///
/// - `stdout` is `stdout`.
/// - `tcp://collector.example:6514` is `tcp-collector.example-6514`: the scheme with `-` for `+`, the host in lower case, then the port. Any byte of the host
///   but letters, digits, `.` and `-` is `_` and two hexadecimal digits.
/// - `file:///var/log/a.ndjson` is `file--var-log-a.ndjson`: the absolute path with `-` for `/`, and any byte but letters, digits
///   and `.` as `_` and two hexadecimal digits.
///
/// What passes 64 characters keeps its first 46, then `__` and the FNV-1a hash (64 bits, hexadecimal) of the whole. `__` cannot
/// come of the rules above.
enum OutputName {
    static let maximumLength = 64

    /// Names that say what they are, and so cannot be given to an output of another type.
    static let reserved = ["stdout", "journald"]

    static func isValid(_ name: String) -> Bool {
        (1...maximumLength).contains(name.utf8.count) && name.utf8.allSatisfy { isPlain($0) || $0 == dash || $0 == underscore }
    }

    /// - Parameter scheme: that of the URL; its `+` becomes `-`.
    static func remote(_ scheme: String, host: String, port: Int) -> String {
        let escaped = host.lowercased().utf8.map { $0 == dash ? "-" : escape($0) }.joined()
        return bounded("\(String(scheme.map { $0 == "+" ? "-" : $0 }))-\(escaped)-\(port)")
    }

    /// - Parameter path: absolute.
    static func file(path: String) -> String { unix("file", path: path) }

    /// - Parameter path: absolute.
    static func unix(_ scheme: String, path: String) -> String {
        bounded("\(scheme)-" + path.utf8.map { $0 == UInt8(ascii: "/") ? "-" : escape($0) }.joined())
    }

    /// The path without empty and `.` steps. `..` stays: what it means depends on links.
    static func normalized(_ path: String) -> String {
        let steps = path.split(separator: "/").filter { $0 != "." }
        return (path.hasPrefix("/") ? "/" : "") + steps.joined(separator: "/")
    }

    private static let dash = UInt8(ascii: "-")
    private static let underscore = UInt8(ascii: "_")

    private static func bounded(_ name: String) -> String {
        guard name.utf8.count > maximumLength else { return name }
        let digits = String(hash(name), radix: 16)
        return name.prefix(46) + "__" + String(repeating: "0", count: 16 - digits.count) + digits
    }

    /// FNV-1a, 64 bits (RFC 9923): the same in every run, as the standard library's hash is not.
    private static func hash(_ text: String) -> UInt64 {
        text.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3 }
    }

    private static func escape(_ byte: UInt8) -> String {
        if isPlain(byte) { return String(UnicodeScalar(byte)) }
        return "_" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."):
            true
        default: false
        }
    }
}
