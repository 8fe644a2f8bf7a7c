import AuditCore
import Outputs

/// What `--output` says: a URL, which is a whole output, or a name.
enum OutputReference: Equatable, Sendable {
    case definition(OutputDefinition)
    /// An output of the configuration file, `stdout` or `journald`.
    case named(String)

    struct Problem: Error, Equatable {
        /// With its subject, for after the flag's name.
        let message: String
    }

    static func parse(_ text: String, workingDirectory: String) throws(Problem) -> OutputReference {
        guard let colon = text.firstIndex(of: ":") else {
            guard !OutputName.isValid(text) else { return .named(text) }
            let isPath = text.hasPrefix("/") || text.hasPrefix(".")
            let path = isPath ? "; a file is written \(Quoted.value("file:\(text)"))" : ""
            throw Problem(message: "\(Quoted.value(text)) is neither the name of an output nor a URL\(path)")
        }
        let rest = String(text[text.index(after: colon)...])
        switch text[..<colon].lowercased() {
        case "file": return .definition(try file(rest, shown: Quoted.value(text), workingDirectory))
        case let scheme where scheme == "tcp" || scheme == "tls":
            let address = try address(rest, scheme, shown: Quoted.value(text))
            let tls = scheme == "tls" ? TLSSettings() : nil
            return definition(
                scheme, address, .tcp(TCPSettings(connection: ConnectionSettings(addresses: [HostPort(address)], tls: tls))))
        case let scheme where scheme == "relp" || scheme == "relp+tls":
            let address = try address(rest, scheme, shown: Quoted.value(text))
            let tls = scheme == "relp+tls" ? TLSSettings() : nil
            return definition(
                scheme, address, .relp(RELPSettings(connection: ConnectionSettings(addresses: [HostPort(address)], tls: tls))))
        case let scheme where scheme.hasPrefix("syslog+"): return try syslog(scheme, rest, shown: Quoted.value(text))
        case let scheme: throw unknown(scheme)
        }
    }

    /// What stands before the colon of a URL, or alone.
    private static let known = [
        "stdout", "journald", "file", "tcp", "tls", "syslog+udp", "syslog+tcp", "syslog+tls", "syslog+unix", "relp",
        "relp+tls",
    ]

    private static func unknown(_ scheme: String) -> Problem {
        if NotInThisVersion.outputSchemes.contains(scheme) {
            return Problem(message: "'\(scheme)' is an output that this version does not have yet")
        }
        let question = NearestName.question(scheme, among: known + NotInThisVersion.outputSchemes)
        let rest = question.isEmpty ? "; it is one of \(known.joined(separator: ", "))" : question
        return Problem(message: "\(Quoted.key(scheme)) is not an output\(rest)")
    }

    private static func syslog(_ scheme: String, _ rest: String, shown: String) throws(Problem) -> OutputReference {
        if scheme == "syslog+unix" {
            let path = rest.hasPrefix("//") ? String(rest.dropFirst(2)) : rest
            guard path.hasPrefix("/"), ValueRule<String>.path.parse(path) != nil else {
                throw Problem(message: "\(shown) is not 'syslog+unix:///path'")
            }
            return .definition(
                OutputDefinition(
                    name: OutputName.unix("syslog-unix", path: path), kind: .syslog(SyslogSettings(transport: .unix(path: path))))
            )
        }
        guard ["syslog+udp", "syslog+tcp", "syslog+tls"].contains(scheme) else { throw unknown(scheme) }
        let address = try address(rest, scheme, shown: shown)
        let connection = ConnectionSettings(addresses: [HostPort(address)], tls: scheme == "syslog+tls" ? TLSSettings() : nil)
        let transport: SyslogSettings.Transport =
            scheme == "syslog+udp" ? .udp([HostPort(address)]) : .stream(connection, .octetCounted, .kernel)
        return definition(scheme, address, .syslog(SyslogSettings(transport: transport)))
    }

    private static func address(_ rest: String, _ scheme: String, shown: String) throws(Problem) -> NetworkAddress {
        let authority = rest.hasSuffix("/") && rest != "//" ? String(rest.dropLast()) : rest
        guard authority.hasPrefix("//"), let address = NetworkAddress(String(authority.dropFirst(2))) else {
            throw Problem(message: "\(shown) is not '\(scheme)://host:port', with a port from 1 to 65535")
        }
        return address
    }

    private static func definition(_ scheme: String, _ address: NetworkAddress, _ kind: OutputKind) -> OutputReference {
        .definition(OutputDefinition(name: OutputName.remote(scheme, host: address.host, port: address.port), kind: kind))
    }

    /// `file:///path`, `file:/path` and `file://localhost/path` (RFC 8089), and `file:path` from the working directory on.
    private static func file(_ rest: String, shown: String, _ workingDirectory: String) throws(Problem) -> OutputDefinition {
        var path = rest
        if path.hasPrefix("//") {
            let local = path.dropFirst(2).drop { $0 != "/" }
            guard !local.isEmpty, ["//", "//localhost"].contains(path[..<local.startIndex]) else {
                throw Problem(message: "\(shown) names a host; a file of this machine is 'file:///path'")
            }
            path = String(local)
        }
        guard !path.contains("?"), !path.contains("#") else {
            throw Problem(message: "\(shown) has a '?' or a '#'; in a path they are written %3F and %23")
        }
        guard let decoded = percentDecoded(path), ValueRule<String>.path.parse(decoded) != nil, !decoded.hasSuffix("/") else {
            throw Problem(message: "\(shown) does not name a file")
        }
        let absolute = OutputName.normalized(decoded.hasPrefix("/") ? decoded : "\(workingDirectory)/\(decoded)")
        return OutputDefinition(name: OutputName.file(path: absolute), kind: .file(FileSettings(path: absolute)))
    }

    /// `nil` for a broken escape, and for bytes that are no UTF-8.
    private static func percentDecoded(_ text: String) -> String? {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            let digits = rest.prefix(2)
            guard digits.count == 2, digits.allSatisfy({ Character(UnicodeScalar($0)).isHexDigit }),
                let decoded = UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
            else { return nil }
            bytes.append(decoded)
            rest = rest.dropFirst(2)
        }
        return String(validating: bytes, as: UTF8.self)
    }
}
