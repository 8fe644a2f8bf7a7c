import AuditCore
import Engine

/// Audits as an API may send them and a receiver may misunderstand them: whole JSON objects, each with an id of its own.
enum AwkwardAudits {
    static let texts: [String] = bodies.enumerated().map { index, body in
        "{\"id\":\"\(id(index))\",\(body)}"
    }

    static let ids = bodies.indices.map(id)

    private static func id(_ index: Int) -> String {
        "\(AuditID.uuid(high: 0x2000_0000_0000_4000, low: 0x8000_0000_0000_0000 | UInt64(index)))"
    }

    private static let bodies: [String] = [
        #""plain":"an ordinary audit""#,
        #""quotes":"say \"no\" and 'yes' and `maybe`""#,
        #""brackets":"] [a@32473 x=\"1\"] }{ <13>1 - - ""#,
        #""lines":"one\ntwo\r\nthree\ttabbed""#,
        #""backslashes":"C:\\temp\\ \\\" \\\\ \/""#,
        #""escapes":"\u0000\u0001\u001f\u007f\u2028\ud83e\udd8a""#,
        #""unicode":"Zürich 東京 🦊 e\u0301 é \#u{200f}עברית\#u{200e} \#u{feff}""#,
        #""controls":"del \#u{7f} next line \#u{85} separator \#u{2028}""#,
        #""empty":"","object":{},"list":[],"nothing":null,"":"no name""#,
        #""numbers":[0,-0,1.50,12345678901234567890,1e400,-1E-9],"flags":[true,false]"#,
        #""twice":1,"twice":2"#,
        #""percent":"%msg% $MESSAGE ${HOST} %00 #012 &amp;""#,
        #""digits":"12 <13>1 at the start of what follows""#,
        "\"deep\":\(String(repeating: "[", count: 60))\(String(repeating: "]", count: 60))",
        "\"long\":\"\(String(repeating: "0123456789abcdef", count: 1 << 16))\"",
    ]

    /// All of them, as one page of the API.
    static func batch(_ sequence: Int = 1) -> Batch {
        var bytes = Array("{\"entities\":[".utf8)
        var audits: [RawAudit] = []
        for (text, id) in zip(texts, ids) {
            if !audits.isEmpty { bytes.append(UInt8(ascii: ",")) }
            let start = bytes.count
            bytes += text.utf8
            audits.append(
                RawAudit(
                    id: AuditID(id), instant: Instant(seconds: 1_800_000_000), start: start, end: bytes.count,
                    hasWhitespace: false))
        }
        bytes += "]}".utf8
        return Batch(sequence: sequence, page: AuditPage(bytes: bytes, audits: audits), audits: audits)
    }
}
