import AuditAPI
import Foundation

/// The operator's port of a program that was told to open it here.
package struct OperatorPort: Sendable {
    private let port: ReservedPort
    package var number: Int { port.number }
    package var url: String { "http://127.0.0.1:\(number)" }
    /// The section of the configuration.
    package var section: String { "http: {listen: 127.0.0.1:\(number)}" }

    package init() throws { port = try ReservedPort() }

    package struct Answer: Sendable {
        package let status: Int
        package let headers: HeaderFields
        package let text: String
    }

    /// - Parameter patience: how long the answer may take.
    package func get(
        _ path: String, _ method: APIRequest.Method = .get, patience: Duration = APIRequest.defaultTimeout
    ) async throws -> Answer {
        let transport = AsyncHTTPTransport()
        let result: Result<APIResponse, any Error>
        do {
            result = .success(
                try await transport.execute(
                    APIRequest(endpoint: .serviceMapping, method: method, url: url + path, timeout: patience)))
        } catch {
            result = .failure(error)
        }
        try await transport.shutdown()
        let response = try result.get()
        return Answer(
            status: response.status, headers: response.headers, text: String(decoding: response.body, as: UTF8.self))
    }

    /// Returns when the answer is what is wanted, or throws when the test has run out of time.
    @discardableResult
    package func get(_ path: String, until isWanted: @Sendable (Answer) -> Bool) async throws -> Answer {
        while true {
            if let answer = try? await get(path), isWanted(answer) { return answer }
            // How often it is looked at; nothing depends on it.
            try await Task.sleep(for: .milliseconds(100))
        }
    }
}

/// Programs that an operator has, and that may be missing here.
package enum OperatorProgram: String {
    case promtool, chromium

    private static let path = "/usr/local/bin:/usr/bin:/bin:/snap/bin"

    package var isInstalled: Bool {
        OperatorProgram.path.split(separator: ":").contains { FileManager.default.isExecutableFile(atPath: "\($0)/\(rawValue)") }
    }

    /// Runs a script that may call it.
    package static func run(_ script: String, home: String) async throws -> Program.Ending {
        try await Program.run([], environment: ["PATH": path, "HOME": home], script: script)
    }
}
