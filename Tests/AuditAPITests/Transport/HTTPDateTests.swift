import AuditCore
import Testing

@testable import AuditAPI

@Suite struct HTTPDateTests {
    @Test func `the date of an answer is read`() {
        #expect(Instant(httpDate: "Sun, 06 Nov 1994 08:49:37 GMT") == Instant("1994-11-06T08:49:37Z"))
        #expect(Instant(httpDate: "Thu, 31 Dec 2026 23:59:59 GMT") == Instant("2026-12-31T23:59:59Z"))
    }

    @Test(arguments: [
        "", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994", "Sun, 06 Nov 1994 08:49:37 PST",
        "Sun, 06 Foo 1994 08:49:37 GMT", "Sun, 32 Nov 1994 08:49:37 GMT", "Sun, 6 Nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 8:49:37 GMT", "Sun, 06 Nov 1994 08:49:37",
    ])
    func `what is no such date is none`(text: String) {
        #expect(Instant(httpDate: text) == nil)
    }
}

@Suite struct PercentEncodingTests {
    @Test func `a value can be no path or query of its own`() {
        #expect(PercentEncoding.encode("a/b?c=d&e#f%") == "a%2Fb%3Fc%3Dd%26e%23f%25")
        #expect(PercentEncoding.encode("AZaz09-._~") == "AZaz09-._~")
        #expect(PercentEncoding.encode("é+ ") == "%C3%A9%2B%20")
    }
}
