import AuditCore
import Engine
import TestTraits
import Testing

@testable import Forwarder

@Suite(.fewAtATime)
struct MetricsTextTests {
    @Test func `a family is written with its help, its type and its samples, labels escaped`() {
        var text = MetricsText()
        text.family(
            "events_total", .counter, "Events.", [(["output": "a\"b\\c\nd"], 3), (["output": "e", "reason": "f"], 0.5)])
        text.family("nothing_total", .counter, "Nothing.", [])
        text.single("nobody", .gauge, "Nobody.", nil)
        text.single("lag_seconds", .gauge, "Lag.", 1_800_000_000.25)
        #expect(
            text.text == #"""
                # HELP events_total Events.
                # TYPE events_total counter
                events_total{output="a\"b\\c\nd"} 3
                events_total{output="e",reason="f"} 0.5
                # HELP lag_seconds Lag.
                # TYPE lag_seconds gauge
                lag_seconds 1800000000.25

                """#)
    }

    @Test func `a histogram counts what is up to each bound, in seconds`() {
        var delays = DelayHistogram(bounds: [5, 1000])
        delays.note(.milliseconds(5))
        delays.note(.milliseconds(6), count: 2)
        delays.note(.seconds(2))
        delays.note(.seconds(-3))
        var text = MetricsText()
        text.histograms("delay_seconds", "Delay.", [(["output": "a"], delays)])
        #expect(
            text.text == """
                # HELP delay_seconds Delay.
                # TYPE delay_seconds histogram
                delay_seconds_bucket{output="a",le="0.005"} 2
                delay_seconds_bucket{output="a",le="1"} 4
                delay_seconds_bucket{output="a",le="+Inf"} 5
                delay_seconds_sum{output="a"} 2.017
                delay_seconds_count{output="a"} 5

                """)
    }

    @Test func `services beyond the bound are counted together`() {
        var figures = RunFigures(started: .distantPast)
        for number in 0..<250 { figures.received(["service-\(number)": 2]) }
        #expect(figures.services.count == RunFigures.mostServices + 1)
        #expect(figures.services[RunFigures.otherServices] == 100)
        #expect(figures.services.values.reduce(0, +) == 500)
    }

    @Test func `the rate is that of the last whole minute, and the history of half an hour`() {
        var rate = DeliveryRate(at: .seconds(3))
        rate.note(10, at: .seconds(5))
        #expect(rate.perSecond(at: .seconds(6)) == 0)
        rate.note(40, at: .seconds(12))
        #expect(rate.perSecond(at: .seconds(12)) == 1)
        #expect(rate.history(at: .seconds(25)) == [10, 30, 0])
        #expect(rate.perSecond(at: .seconds(65)) == 40.0 / 60)
        #expect(rate.perSecond(at: .seconds(600)) == 0)
        rate.note(41, at: .seconds(90_000))
        #expect(rate.history(at: .seconds(90_000)).count == DeliveryRate.slots + 1)
        #expect(rate.history(at: .seconds(90_000)).reduce(0, +) == 1)
    }
}
