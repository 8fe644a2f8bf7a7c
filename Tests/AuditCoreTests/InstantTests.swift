import AuditCore
import Testing

@Suite struct InstantTests {
    @Test(arguments: [
        ("1970-01-01T00:00:00Z", 0),
        ("2026-03-02T08:15:04Z", 1_772_439_304_000),
        ("2026-03-02T08:16:31.127Z", 1_772_439_391_127),
        ("2026-03-02T08:16:31.1Z", 1_772_439_391_100),
        ("2026-03-02T08:16:31.1279999Z", 1_772_439_391_127),
        ("2026-03-02T08:15:04", 1_772_439_304_000),
        ("2026-03-02T10:15:04+02:00", 1_772_439_304_000),
        ("2026-03-02T03:45:04-04:30", 1_772_439_304_000),
        ("2024-02-29T23:59:59.999Z", 1_709_251_199_999),
        ("1969-12-31T23:59:59.500Z", -500),
    ])
    func `an RFC 3339 instant is read to the millisecond`(text: String, milliseconds: Int64) {
        #expect(Instant(text)?.milliseconds == milliseconds)
    }

    @Test(arguments: [
        "", "2026", "2026-03-02", "2026-03-02 08:15:04Z", "2026-13-02T08:15:04Z", "2026-02-29T08:15:04Z", "2026-00-10T08:15:04Z",
        "2026-03-02T24:15:04Z", "2026-03-02T08:60:04Z", "2026-03-02T08:15:04.Z", "2026-03-02T08:15:04+2", "2026-03-02T08:15:04ZZ",
        "2O26-03-02T08:15:04Z",
    ])
    func `what is no RFC 3339 instant is refused`(text: String) {
        #expect(Instant(text) == nil)
    }

    @Test func `writing and reading agree over four centuries`() {
        var milliseconds: Int64 = -6_000_000_000_123
        while milliseconds < 9_000_000_000_000 {
            let instant = Instant(milliseconds: milliseconds)
            #expect(Instant(instant.text) == instant)
            milliseconds += 86_399_999 * 37
        }
    }

    @Test func `milliseconds are written only where there are any`() {
        #expect(Instant(milliseconds: 1_772_439_304_000).text == "2026-03-02T08:15:04Z")
        #expect(Instant(milliseconds: 1_772_439_304_007).text == "2026-03-02T08:15:04.007Z")
        #expect(Instant(milliseconds: -500).text == "1969-12-31T23:59:59.500Z")
    }

    @Test(arguments: [("500ms", 500), ("15s", 15_000), ("10m", 600_000), ("1h", 3_600_000), ("14d", 1_209_600_000)])
    func `durations are read and written the same way`(text: String, milliseconds: Int64) {
        #expect(Duration(text)?.wholeMilliseconds == milliseconds)
        #expect(Duration.milliseconds(milliseconds).text == text)
    }

    @Test(arguments: ["", "15", "s", "1.5s", "-1s", "15 s", "1w", "99999999999999999999s", "9999999999d"])
    func `what is no duration is refused`(text: String) {
        #expect(Duration(text) == nil)
    }
}
