import AuditCore
import Engine
import Testing

@Suite struct ServerClockTests {
    private let date = Instant(seconds: 1_800_000_000)

    @Test func `it knows nothing before the first answer`() {
        #expect(ServerClock().now(at: .seconds(5)) == nil)
    }

    @Test func `it goes on by itself between answers`() {
        var clock = ServerClock()
        clock.answered(date, at: .seconds(10))
        #expect(clock.now(at: .milliseconds(13_250)) == date + .milliseconds(3250))
    }

    @Test func `it is never ahead of a server whose seconds are cut off`() {
        var clock = ServerClock()
        // The server's time is the client's plus a quarter of a second; every answer takes 80 ms.
        for milliseconds in stride(from: 0, to: 20_000, by: 137) {
            let server = date + .milliseconds(milliseconds + 250)
            clock.answered(server.wholeSecond, at: .milliseconds(milliseconds + 80))
            let now = clock.now(at: .milliseconds(milliseconds + 80))
            #expect(now.map { $0 <= server + .milliseconds(80) } == true)
        }
    }

    @Test func `a clock that is a little fast does not carry it ahead for long`() {
        var clock = ServerClock()
        // 200 ppm: a second in an hour and a half, three in half a day.
        for minutes in 0..<720 {
            let local = Duration.seconds(minutes * 60) + .milliseconds(minutes * 12)
            let server = date + .seconds(minutes * 60)
            clock.answered(server, at: local)
            #expect(clock.now(at: local).map { $0 <= server + .milliseconds(200) } == true)
        }
    }

    @Test func `a server that is a little behind another does not turn it back, one that is far behind does`() {
        var clock = ServerClock()
        clock.answered(date, at: .zero)
        clock.answered(date - .seconds(1), at: .zero)
        #expect(clock.now(at: .zero) == date)
        clock.answered(date - .seconds(600), at: .zero)
        #expect(clock.now(at: .zero) == date - .seconds(600))
    }
}
