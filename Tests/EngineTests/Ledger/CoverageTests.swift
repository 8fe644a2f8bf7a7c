import AuditCore
import EngineTesting
import Testing

@testable import Engine

struct CoverageTests {
    @Test func `touching intervals become one`() {
        var coverage = Coverage([span(0, 10), span(20, 30)])
        coverage.insert(span(10, 20))
        #expect(coverage.intervals == [span(0, 30)])
    }

    @Test func `an empty interval changes nothing`() {
        var coverage = Coverage([span(0, 10)])
        coverage.insert(span(50, 50))
        #expect(coverage.intervals == [span(0, 10)])
        #expect(coverage.contains(span(50, 50)))
    }

    @Test func `a removal inside leaves both sides`() {
        var coverage = Coverage([span(0, 30)])
        coverage.remove(span(10, 20))
        #expect(coverage.intervals == [span(0, 10), span(20, 30)])
        #expect(coverage.gaps(in: span(5, 40)) == [span(10, 20), span(30, 40)])
    }

    @Test(arguments: 0..<100 as Range<UInt64>)
    func `it is what a set of seconds would be`(seed: UInt64) {
        var random = SampleGenerator(seed: seed)
        var coverage = Coverage()
        var seconds: Set<Int64> = []
        for _ in 0..<40 {
            let (start, length) = (Int64(random.number(0...60)), Int64(random.number(0...12)))
            let interval = span(start, start + length)
            if random.happens(65) {
                coverage.insert(interval)
                seconds.formUnion(start..<start + length)
            } else {
                coverage.remove(interval)
                seconds.subtract(start..<start + length)
            }
            #expect(CoverageTests.seconds(coverage.intervals) == seconds, "seed \(seed)")
            #expect(CoverageTests.isNormal(coverage), "seed \(seed): \(coverage.intervals)")
        }
        #expect(coverage.end == seconds.max().map { at($0 + 1) })
        let gaps = CoverageTests.seconds(coverage.gaps(in: span(10, 50)))
        #expect(gaps == Set(10..<50).subtracting(seconds), "seed \(seed)")
        let other = Coverage([span(5, 25), span(40, 41)])
        let common = CoverageTests.seconds(coverage.intersection(other).intervals)
        #expect(common == seconds.intersection(CoverageTests.seconds(other.intervals)), "seed \(seed)")
        for second in 0..<75 as Range<Int64> { #expect(coverage.contains(at(second)) == seconds.contains(second)) }
    }

    private static func seconds(_ intervals: [Interval]) -> Set<Int64> {
        intervals.reduce(into: []) { seconds, interval in
            seconds.formUnion((interval.start - at(0)).components.seconds..<(interval.end - at(0)).components.seconds)
        }
    }

    /// Ascending, with room between, and none empty.
    private static func isNormal(_ coverage: Coverage) -> Bool {
        coverage.intervals.allSatisfy { !$0.isEmpty }
            && zip(coverage.intervals, coverage.intervals.dropFirst()).allSatisfy { $0.end < $1.start }
    }
}
