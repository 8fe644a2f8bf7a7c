import AuditCore
import Engine
import EngineTesting
import TestTraits
import Testing

@testable import Outputs

@Suite(.fewAtATime)
struct StreamEncoderTests {
    private let batch = Batch(
        1, of: (1...3).map { SampleAudit(id: "\($0)", instant: Instant(seconds: 0), padding: $0 == 2 ? 500 : 0) })

    private func text(_ framing: Framing, largest: Int? = nil, from start: Int = 0) -> (String, [Int], [Int]) {
        let encoded = StreamEncoder(message: .event(.json), framing: framing, largest: largest).encode(batch, from: start)
        return (String(decoding: encoded.bytes, as: UTF8.self), encoded.ends, encoded.refused)
    }

    private let first = #"{"id":"1","eventDate":"1970-01-01T00:00:00Z","serviceName":"Architect"}"#
    private let third = #"{"id":"3","eventDate":"1970-01-01T00:00:00Z","serviceName":"Architect"}"#

    @Test func `each framing parts messages in its way`() {
        #expect(text(.newline, largest: 100).0 == first + "\n" + third + "\n")
        #expect(text(.nul, largest: 100).0 == first + "\0" + third + "\0")
        #expect(text(.octetCounted, largest: 100).0 == "\(first.utf8.count) \(first)\(third.utf8.count) \(third)")
    }

    @Test func `what is larger than the limit is refused by its place, and the ends are those of the others`() {
        let (text, ends, refused) = text(.newline, largest: first.utf8.count)
        #expect(refused == [1])
        #expect(ends == [first.utf8.count + 1, text.utf8.count])
        #expect(self.text(.newline).2 == [])
    }

    @Test func `events that were confirmed before are left out, and what is refused does not count among them`() {
        let (text, ends, refused) = text(.newline, largest: 100, from: 1)
        #expect(text == third + "\n" && ends == [text.utf8.count] && refused == [1])
    }
}
