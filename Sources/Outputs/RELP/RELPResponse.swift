/// What the data of a `rsp` frame says: `CODE [SP TEXT] [LF OFFERS]`.
struct RELPResponse: Sendable, Equatable {
    static let accepted = 200

    /// Three digits.
    let code: Int
    /// The peer's own words, at most 80 printable ASCII characters.
    let text: String
    /// Each `NAME[=VALUE[,VALUE…]]`, one a line. Of a name that stands there twice the last counts.
    let offers: [String: [String]]

    var isAccepted: Bool { code == RELPResponse.accepted }

    /// `nil` where it does not begin with a code.
    init?(_ data: [UInt8]) {
        let lines = data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        guard let first = lines.first else { return nil }
        let digits = first.prefix(3)
        guard digits.count == 3, first.count == 3 || first[first.startIndex + 3] == UInt8(ascii: " "),
            digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let code = Int(String(decoding: digits, as: UTF8.self))
        else { return nil }
        self.code = code
        text = String(decoding: first.dropFirst(4).prefix(80).filter { (0x20...0x7e).contains($0) }, as: UTF8.self)
        var offers: [String: [String]] = [:]
        for line in lines.dropFirst() where !line.isEmpty {
            let parts = line.split(separator: UInt8(ascii: "="), maxSplits: 1).map { String(decoding: $0, as: UTF8.self) }
            guard let name = parts.first else { continue }
            offers[name] = parts.count < 2 ? [] : parts[1].split(separator: ",").map(String.init)
        }
        self.offers = offers
    }
}

/// What is offered to a receiver, and what it has to offer in return.
enum RELPOffers {
    static let syslog = "syslog"

    /// Version 0 is what the receivers in the field speak, rsyslog among them; the specification's own is 1. They do not differ.
    static let own = Array("relp_version=0\nrelp_software=auditferry\ncommands=syslog".utf8)
    private static let versions: Set<String> = ["0", "1"]

    /// - Throws: why no session comes of this answer to `open`.
    static func check(_ response: RELPResponse) throws(RELPBreach) {
        guard response.isAccepted else {
            let words = response.text.isEmpty ? "" : " '\(response.text)'"
            throw RELPBreach("it refused the session with \(response.code)\(words)")
        }
        guard let version = response.offers["relp_version"] else { throw RELPBreach("it names no version of RELP") }
        guard !versions.isDisjoint(with: version) else { throw RELPBreach("it speaks another version of RELP") }
        guard response.offers["commands", default: []].contains(syslog) else {
            throw RELPBreach("it does not take the command 'syslog'")
        }
    }
}
