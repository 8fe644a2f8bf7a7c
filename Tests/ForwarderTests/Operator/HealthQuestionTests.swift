import AsyncHTTPClient
import AuditCore
import NIOCore
import TestTraits
import Testing

@testable import Forwarder

/// What is made of an answer from whoever has the operator's port.
@Suite(.fewAtATime, .timeLimit(.minutes(5)))
struct HealthQuestionTests {
    private func ask(_ answers: [String: String]) async throws -> HealthQuestion.Answer {
        try await FixedServer.with(answers) { port in
            try await HealthQuestion(.healthy, at: HTTPSettings(host: "127.0.0.1", port: port), within: .minutes(2)).ask()
        }
    }

    private func response(_ status: String, _ body: String, header: String = "") -> String {
        "HTTP/1.1 \(status)\r\ncontent-length: \(body.utf8.count)\r\n\(header)\r\n\(body)"
    }

    private func failure(_ answers: [String: String]) async throws -> String {
        let failure = try #require(await #expect(throws: Failure.self) { try await ask(answers) })
        #expect(failure.code == .failed)
        return failure.message
    }

    @Test func `a problem steers no terminal, and is one line`() async throws {
        let problems = #"[{"subject":"output a\u001b[2J","reason":"gone\nhealthy\u2028\u009b1m"}]"#
        let answer = try await ask(["/healthz": response("503 Service Unavailable", #"{"problems":\#(problems)}"#)])
        #expect(!answer.isYes)
        #expect(answer.problems == ["output a\u{fffd}[2J: gone\u{fffd}healthy\u{fffd}\u{fffd}1m"])
    }

    @Test func `problems are bounded in number and in length`() async throws {
        let problem = #"{"subject":"s","reason":"\#(String(repeating: "é", count: 3000))"}"#
        let many = Array(repeating: #"{"subject":"s","reason":"r"}"#, count: HealthQuestion.mostProblems + 7)
        let counted = try await ask(["/healthz": response("200 OK", #"{"problems":[\#(many.joined(separator: ","))]}"#)])
        #expect(counted.isYes)
        #expect(counted.problems.count == HealthQuestion.mostProblems + 1)
        #expect(counted.problems.last == "and 7 more")
        let long = try await ask(["/healthz": response("200 OK", #"{"problems":[\#(problem)]}"#)])
        #expect(long.problems.map(\.unicodeScalars.count) == [HealthQuestion.longestProblem + 1])
        #expect(long.problems.first?.last == "…")
    }

    @Test func `an answer that is too large is not a run's`() async throws {
        let huge = #"{"problems":[]}"# + String(repeating: " ", count: 1 << 20)
        let announced = response("200 OK", huge)
        let unannounced = "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n" + huge
        for answer in [announced, unannounced] {
            let message = try await failure(["/healthz": answer])
            #expect(message.hasSuffix("answered with status 200, and not as a run does"), "\(message)")
        }
    }

    @Test func `nobody is followed elsewhere`() async throws {
        let message = try await failure([
            "/healthz": response("302 Found", "", header: "location: /elsewhere\r\n"),
            "/elsewhere": response("200 OK", #"{"problems":[]}"#),
        ])
        #expect(message.hasSuffix("answered with status 302, and not as a run does"), "\(message)")
    }

    @Test func `the body has no time of its own`() async throws {
        let late = AsyncThrowingStream<ByteBuffer, any Error> {
            try await Task.sleep(for: .seconds(4))
            return nil
        }
        await #expect(throws: HTTPClientError.deadlineExceeded) {
            try await HealthQuestion.collect(.stream(late), by: .now() - .seconds(1))
        }
    }
}
