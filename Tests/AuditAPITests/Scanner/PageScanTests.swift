import AuditCore
import Testing

@testable import AuditAPI

@Suite struct PageScanTests {
    private static func scan(_ text: String) throws -> PageScan { try PageScan(Array(text.utf8).span) }

    private static func failure(_ text: String) -> ScanFailure.Reason? {
        do {
            _ = try scan(text)
            return nil
        } catch {
            return (error as? ScanFailure)?.reason
        }
    }

    private static func only(_ audit: String) throws -> RawAudit {
        try #require(try scan(#"{"entities":[\#(audit)]}"#).audits.first)
    }

    @Test func `a realtime page is cut into its audits`() throws {
        let entities = #"[{"id":"a","eventDate":"2026-03-02T08:15:04Z"},{"id":"b"}]"#
        let text = #"{"entities":\#(entities),"pageSize":2,"pageNumber":3,"total":9,"pageCount":5}"#
        let scan = try PageScanTests.scan(text)
        #expect(scan.audits.map(\.id) == [AuditID("a"), AuditID("b")])
        #expect(scan.audits.map(\.instant) == [Instant("2026-03-02T08:15:04Z"), nil])
        let bytes = Array(text.utf8)
        let texts = scan.audits.map { String(decoding: bytes[$0.start..<$0.end], as: UTF8.self) }
        #expect(texts == [#"{"id":"a","eventDate":"2026-03-02T08:15:04Z"}"#, #"{"id":"b"}"#])
        #expect([scan.pageSize, scan.pageNumber, scan.total, scan.pageCount] == [2, 3, 9, 5])
    }

    @Test func `an asynchronous page has its id and its cursor`() throws {
        let scan = try PageScanTests.scan(#"{"id":"t","cursor":"a\/\u00e9","entities":[]}"#)
        #expect(scan.id == "t")
        #expect(scan.cursor == "a/é")
        #expect(try PageScanTests.scan(#"{"cursor":null,"entities":[]}"#).cursor == nil)
        #expect(try PageScanTests.scan(#"{"cursor":"","entities":[]}"#).cursor == nil)
    }

    @Test func `a cursor that is no text fails, since the pages behind it would be lost`() {
        #expect(PageScanTests.failure(#"{"cursor":7,"entities":[]}"#) == .schema)
    }

    @Test func `ids and dates are taken from the audit itself, not from what is inside it`() throws {
        let audit = try PageScanTests.only(#"{"user":{"id":"u","eventDate":"2020-01-01T00:00:00Z"},"id":"a","x":[{"id":"z"}]}"#)
        #expect(audit.id == AuditID("a"))
        #expect(audit.instant == nil)
    }

    @Test func `names and ids may be written with escapes`() throws {
        let audit = try PageScanTests.only(#"{"\u0069d":"a\u00e9\"","event\u0044ate":"2026-03-02T08:15:04\u005a"}"#)
        #expect(audit.id == AuditID("aé\""))
        #expect(audit.instant == Instant("2026-03-02T08:15:04Z"))
    }

    @Test func `downloaded audits have an eventTime, and eventDate goes before it`() throws {
        let time = try PageScanTests.only(#"{"id":"a","eventTime":"2026-03-02T08:15:04Z"}"#)
        #expect(time.instant == Instant("2026-03-02T08:15:04Z"))
        let both = try PageScanTests.only(#"{"eventTime":"2026-01-01T00:00:00Z","eventDate":"2026-03-02T08:15:04Z"}"#)
        #expect(both.instant == Instant("2026-03-02T08:15:04Z"))
    }

    @Test(arguments: ["7", "null", "[1]", #""id""#, "{}", #"{"id":null}"#, #"{"id":""}"#, #"{"id":7}"#, #"{"id":{"id":"a"}}"#])
    func `an element without a usable id is an audit without id`(element: String) throws {
        let audit = try PageScanTests.only(element)
        #expect(audit.id == nil)
        #expect(audit.end - audit.start == element.utf8.count)
    }

    @Test func `white space counts only between the tokens of the audit itself`() throws {
        let scan = try PageScanTests.scan(
            "{ \"entities\" : [ {\"id\":\"a b\\n\"} , {\"id\":\"c\" } , {\"x\":[1, 2]} , {\"y\":{\"z\"\n:1}} ] }")
        #expect(scan.audits.map(\.hasWhitespace) == [false, true, true, true])
    }

    @Test(arguments: [
        ("{\"entities\":[{\"id\":\"a\nb\"}]}", ScanFailure.Reason.controlCharacter),
        (#"{"entities":[{"id":"\x"}]}"#, .escape), (#"{"entities":[{"id":"\u12g4"}]}"#, .escape),
        (#"{"entities":[{"a":01}]}"#, .unexpectedByte), (#"{"entities":[{"a":1.}]}"#, .number),
        (#"{"entities":[{"a":-}]}"#, .number),
        (#"{"entities":[{"a":nul}]}"#, .literal), (#"{"entities":[{"a":1,}]}"#, .unexpectedByte),
        (#"{"entities":[{"id":"a"}]} x"#, .trailing), (#"{"entities":[{"id":"a"}]}{}"#, .trailing),
        (#"{"entities":[{"a":[1}]}"#, .unexpectedByte), (#"{"entities":[{"a":{"b":1]}]}"#, .unexpectedByte),
        (#"{"entities":{}}"#, .schema), (#"{"entities":"x"}"#, .schema), (#"{"entities":[],"entities":[]}"#, .schema),
        ("", .truncated), ("[]", .unexpectedByte), ("<html>", .unexpectedByte), ("\u{feff}{}", .unexpectedByte),
        (#"{"entities":[{"id":"a"} {"id":"b"}]}"#, .unexpectedByte), (#"{"entities":[{"id":"a"},]}"#, .unexpectedByte),
    ])
    func `what is not the JSON of a page fails`(text: String, reason: ScanFailure.Reason) {
        #expect(PageScanTests.failure(text) == reason)
    }

    @Test func `nesting is bounded`() {
        func nested(_ depth: Int) -> String {
            let arrays = depth - 3
            return #"{"entities":[{"a":"# + String(repeating: "[", count: arrays) + String(repeating: "]", count: arrays) + "}]}"
        }
        #expect(PageScanTests.failure(nested(64)) == nil)
        #expect(PageScanTests.failure(nested(65)) == .tooDeep)
        #expect(PageScanTests.failure(#"{"x":"# + String(repeating: "[", count: 1_000_000)) == .tooDeep)
    }

    @Test func `the number of audits is bounded`() {
        let text = #"{"entities":["# + String(repeating: "1,", count: PageScan.mostAudits) + "1]}"
        #expect(PageScanTests.failure(text) == .tooMany)
    }
}
