import AuditCore
import EngineTesting
import Formats
import TestTraits
import Testing

/// The format `json`, against a reference that knows nothing but strings and white space.
@Suite(.fewAtATime)
struct JSONFormatTests {
    private func encoded(_ text: String, hasWhitespace: Bool = true) -> String {
        let (before, after) = ("[ ", " , 1]")
        let page = AuditPage(
            bytes: Array((before + text + after).utf8),
            audits: [
                RawAudit(
                    id: nil, instant: nil, start: before.utf8.count, end: before.utf8.count + text.utf8.count,
                    hasWhitespace: hasWhitespace)
            ])
        var buffer = Array("kept".utf8)
        Format.json.append(page.audits[0], of: page, to: &buffer)
        let result = String(decoding: buffer, as: UTF8.self)
        #expect(result.hasPrefix("kept"))
        return String(result.dropFirst(4))
    }

    @Test(arguments: [
        (#"{ "a" : 1.50e+10 , "b" : [ 1 , 2 ] }"#, #"{"a":1.50e+10,"b":[1,2]}"#),
        ("{\r\n\t\"a\" :\t\" x \\\" y \\\\\" }", #"{"a":" x \" y \\"}"#),
        (#"{"a": "\u00e9 \/ é 🦊 \\" , "A":"a"}"#, #"{"a":"\u00e9 \/ é 🦊 \\","A":"a"}"#),
        (#"{"z":1,"a":12345678901234567890.000,"z":null}"#, #"{"z":1,"a":12345678901234567890.000,"z":null}"#),
        ("{ }", "{}"),
    ])
    func `white space between tokens goes, and every byte of a value stays`(text: String, line: String) {
        #expect(encoded(text) == line)
    }

    @Test func `an audit without white space is copied as it is`() {
        #expect(encoded(#"{"a":" b "}"#, hasWhitespace: false) == #"{"a":" b "}"#)
    }

    @Test(arguments: 0..<200 as Range<UInt64>)
    func `any document loses its white space and nothing else`(seed: UInt64) {
        var random = SampleGenerator(seed: seed)
        let tokens = JSONFormatTests.document(&random, depth: 4)
        let spaces = [" ", "\n", "\t", "\r\n", "   ", ""]
        let text = tokens.reduce("") { $0 + $1 + spaces[random.number(0...5)] }
        #expect(encoded(text) == tokens.joined(), "seed \(seed)")
        #expect(encoded(tokens.joined()) == tokens.joined(), "seed \(seed)")
    }

    /// A random value as its tokens.
    private static func document(_ random: inout SampleGenerator, depth: Int) -> [String] {
        let scalars = [
            "0", "-1.0E-5", "1e400", "true", "null", #""""#, #"" ""#, #""\\""#, #""\"""#, #""\\\" \t{[,:]}""#, #""  \u0020 ""#,
            #""é🦊\\\\""#,
        ]
        guard depth > 0, random.happens(70) else { return [scalars[random.number(0...scalars.count - 1)]] }
        let isObject = random.happens(50)
        var tokens = [isObject ? "{" : "["]
        for index in 0..<random.number(0...4) {
            if index > 0 { tokens.append(",") }
            if isObject { tokens += [scalars[random.number(5...scalars.count - 1)], ":"] }
            tokens += document(&random, depth: depth - 1)
        }
        return tokens + [isObject ? "}" : "]"]
    }
}
