import AsyncHTTPClient
import AuditCore
import FoundationEssentials
import NIOCore
import NIOPosix
import Outputs

/// Asks a run that goes on how it is doing, over its operator's port.
public struct HealthQuestion: Sendable {
    public enum Question: String, Sendable {
        /// Whether it makes progress.
        case healthy = "healthz"
        /// Whether nothing keeps it from delivering now.
        case ready = "readyz"
    }

    /// What a run answers.
    public struct Answer: Sendable, Equatable {
        /// To the question that was asked.
        public let isYes: Bool
        /// What is wrong, a line each, none of which steers a terminal; may be there when the answer is yes. Bounded in number and length.
        public let problems: [String]
    }

    private struct Body: Decodable {
        struct Problem: Decodable {
            let subject: String
            let reason: String
        }

        let problems: [Problem]

        var lines: [String] {
            let lines = problems.prefix(HealthQuestion.mostProblems).map { HealthQuestion.line("\($0.subject): \($0.reason)") }
            let left = problems.count - lines.count
            return left > 0 ? lines + ["and \(left) more"] : lines
        }
    }

    /// For the whole exchange.
    static let patience = TimeAmount.seconds(5)
    private static let largestAnswer = 1 << 20
    /// More than a run has: a few for each output.
    static let mostProblems = 200
    /// In Unicode scalars.
    static let longestProblem = 2000

    private let url: String
    private let address: String
    private let patience: TimeAmount

    public init(_ question: Question, at settings: HTTPSettings) {
        self.init(question, at: settings, within: HealthQuestion.patience)
    }

    init(_ question: Question, at settings: HTTPSettings, within patience: TimeAmount) {
        self.patience = patience
        address = settings.address
        url = "http://\(settings.addressHere)/\(question.rawValue)"
    }

    /// - Throws: `Failure` with code `unreachable` where nobody answers in time, `failed` where something else than a run does.
    public func ask() async throws -> Answer {
        // A run sends nobody elsewhere, and nobody but the run is asked.
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        // Who refuses now has refused: whoever asks for a health check asks again anyway.
        configuration.connectionPool.retryConnectionEstablishment = false
        let client = HTTPClient(eventLoopGroup: HTTPClient.defaultEventLoopGroup, configuration: configuration)
        let result: Result<Answer, any Error>
        do { result = .success(try await ask(client)) } catch { result = .failure(error) }
        try? await client.shutdown()
        do { return try result.get() } catch let failure as Failure { throw failure } catch {
            throw Failure(
                .unreachable, "operator's port '\(address)' does not answer: \(HealthQuestion.reason(error))",
                hint: "see whether the run goes on, and whether its configuration says the same address")
        }
    }

    private static func reason(_ error: any Error) -> String {
        switch error {
        case let error as HTTPClientError where [.deadlineExceeded, .connectTimeout].contains(error):
            "nothing came in time"
        case let error as NIOConnectionError: error.connectionErrors.last.map { SystemReason.text($0.error) } ?? "\(error)"
        default: SystemReason.text(error)
        }
    }

    /// For a terminal: whoever has the port may not be a run.
    private static func line(_ problem: String) -> String {
        let scalars = problem.unicodeScalars
        guard scalars.count > longestProblem else { return PrintableText.of(problem) }
        return PrintableText.of(String(scalars.prefix(longestProblem))) + "…"
    }

    private func ask(_ client: HTTPClient) async throws -> Answer {
        let deadline = NIODeadline.now() + patience
        let response = try await client.execute(HTTPClientRequest(url: url), deadline: deadline)
        let body: ByteBuffer
        do {
            body = try await HealthQuestion.collect(response.body, by: deadline)
        } catch is NIOTooManyBytesError {
            throw notARun(response)
        }
        guard response.status == .ok || response.status == .serviceUnavailable,
            let answer = try? JSONDecoder().decode(Body.self, from: Data(body.readableBytesView))
        else { throw notARun(response) }
        return Answer(isYes: response.status == .ok, problems: answer.lines)
    }

    /// - Throws: `HTTPClientError.deadlineExceeded`; `NIOTooManyBytesError`; what the connection fails with.
    static func collect(_ body: HTTPClientResponse.Body, by deadline: NIODeadline) async throws -> ByteBuffer {
        try await withThrowingTaskGroup(of: ByteBuffer?.self) { group in
            defer { group.cancelAll() }
            group.addTask { try await body.collect(upTo: largestAnswer) }
            group.addTask {
                try await Task.sleep(for: .nanoseconds(max(0, (deadline - .now()).nanoseconds)))
                return nil
            }
            guard let body = try await group.next() ?? nil else { throw HTTPClientError.deadlineExceeded }
            return body
        }
    }

    private func notARun(_ response: HTTPClientResponse) -> Failure {
        Failure(
            .failed, "operator's port '\(address)' answered with status \(response.status.code), and not as a run does",
            hint: "something else may listen there: see 'http.listen'")
    }
}

extension HTTPSettings {
    /// For people, and for URLs.
    var address: String { HostPort(host, port).description }

    /// How this machine reaches it: an address that stands for all of them is no destination.
    var addressHere: String {
        switch host {
        case "0.0.0.0": HostPort("127.0.0.1", port).description
        case "::": HostPort("::1", port).description
        default: address
        }
    }
}
