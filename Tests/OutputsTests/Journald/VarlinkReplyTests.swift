import EngineTesting
import TestTraits
import Testing

@testable import Outputs

/// What journald may answer, and what else may come.
@Suite(.fewAtATime)
struct VarlinkReplyTests {
    private static let done: [String] = [
        "{\"parameters\":{}}", " { \"parameters\" : null }\n",
        "{\"continues\":false,\"parameters\":{\"a\":[1,-2.5e3,\"x\\\"\",{}],\"b\":true}}",
    ]

    @Test(arguments: done)
    func `an answer without an error says that it was done`(_ text: String) {
        #expect(VarlinkReply(Array(text.utf8)) == .done)
    }

    @Test(arguments: [
        "{\"error\":\"org.varlink.service.PermissionDenied\",\"parameters\":{}}",
        "{\"error\":\"org.varlink.service.PermissionDenied\"}",
    ])
    func `an error is told by its name`(_ text: String) {
        #expect(VarlinkReply(Array(text.utf8)) == .failed("org.varlink.service.PermissionDenied"))
    }

    @Test func `an error's name has a bound`() {
        #expect(
            VarlinkReply(Array("{\"error\":\"\(String(repeating: "x", count: 5000))\"}".utf8))
                == .failed(String(repeating: "x", count: 100)))
    }

    private static let garbage: [String] = [
        "", " ", "{}", "[]", "null", "true", "{\"parameters\":{}", "{\"parameters\":{}}x", "{\"parameters\":{}}{}",
        "{\"parameters\":[]}",
        "{\"parameters\":1}", "{\"parameters\":{},\"parameters\":{}}", "{\"parameters\":{},}", "{\"error\":null}",
        "{\"error\":1}",
        "{\"error\":\"a", "{\"error\":\"a\\", "{\"continues\":true,\"parameters\":{}}", "{\"other\":1}",
        "{\"parameters\":{\"a\":nul}}",
        "{\"parameters\":{\"a\":1-}}", "{\"parameters\":{\"a\":}}", "{\"a\u{1}\":1}", "{\"\\u0070arameters\":{}}",
        nested(100_000, isClosed: false), nested(20, isClosed: true),
    ]

    @Test(arguments: garbage)
    func `anything else is no answer`(_ text: String) {
        #expect(VarlinkReply(Array(text.utf8)) == .garbage)
    }

    private static func nested(_ depth: Int, isClosed: Bool) -> String {
        let end = isClosed ? String(repeating: "]", count: depth) + "}}" : ""
        return "{\"parameters\":{\"a\":" + String(repeating: "[", count: depth) + end
    }

    @Test func `bytes that are no text are no answer`() {
        #expect(VarlinkReply([0xff, 0xfe]) == .garbage)
        #expect(VarlinkReply(Array("{\"error\":\"".utf8) + [0xff] + Array("\"}".utf8)) == .garbage)
    }

    /// A changed answer may still be one; it is never more than the bytes it has, and a cut one is never done.
    @Test(arguments: 0..<20 as Range<UInt64>)
    func `no answer that was changed or cut makes it read beyond its bytes`(seed: UInt64) {
        var random = SampleGenerator(seed: seed)
        let texts = VarlinkReplyTests.done.map { Array($0.utf8) }
        for _ in 0..<2000 {
            let text = texts[random.number(0...texts.count - 1)]
            var changed = text
            for _ in 0..<random.number(1...3) { changed[random.number(0...changed.count - 1)] = UInt8(random.number(0...255)) }
            _ = VarlinkReply(changed)
            let end = text.lastIndex(of: UInt8(ascii: "}")) ?? 0
            #expect(VarlinkReply(Array(text.prefix(random.number(0...end)))) == .garbage)
        }
    }
}
