import Foundation
import NIOConcurrencyHelpers
import Testing

/// The built program as a process of its own.
final class Program: Sendable {
    /// How a program ended, and what it wrote.
    struct Ending: Sendable {
        /// Negative for the signal that ended it.
        let status: Int32
        let output: String
        let errors: String
    }

    private struct End {
        var status: Int32?
        var waiting: [CheckedContinuation<Int32, Never>] = []
    }

    private let process: Process
    private let standardError = CapturedStream()
    private let standardOutput = CapturedStream()
    private let end = NIOLockedValueBox(End())
    /// What must not stand in anything that it writes.
    private let secret: String?

    /// Beside the test bundle, where the package manager puts it.
    private static let path: String = {
        let bundle = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let directory = (CommandLine.arguments.first { $0.hasSuffix(".xctest") } ?? bundle ?? "") as NSString
        return (directory.deletingLastPathComponent as NSString).appendingPathComponent("auditferry")
    }()

    /// - Parameter script: run by a shell instead, where the program is `"$0"` and the arguments are `"$@"`.
    init(
        _ arguments: [String], environment: [String: String] = [:], directory: String? = nil, script: String? = nil
    ) throws {
        process = Process()
        process.executableURL = URL(fileURLWithPath: script == nil ? Program.path : "/bin/sh")
        process.arguments = (script.map { ["-c", $0, Program.path] } ?? []) + arguments
        process.environment = ["PATH": "/usr/bin:/bin", "HOME": "/nonexistent"].merging(environment) { $1 }
        secret = environment["GENESYSCLOUD_OAUTHCLIENT_SECRET"]
        if let directory { process.currentDirectoryURL = URL(fileURLWithPath: directory) }
        process.standardInput = FileHandle.nullDevice
        process.standardError = standardError.pipe
        process.standardOutput = standardOutput.pipe
        process.terminationHandler = { [end] process in
            let status = process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
            let waiting = end.withLockedValue { end in
                end.status = status
                return end.waiting
            }
            for waiter in waiting { waiter.resume(returning: status) }
        }
        try process.run()
    }

    var identifier: Int32 { process.processIdentifier }

    /// Does nothing where it has ended.
    func send(_ signal: Int32) {
        guard process.isRunning else { return }
        kill(process.processIdentifier, signal)
    }

    /// Waits for its end, and for the last byte that it wrote. A test that has run out of time ends it.
    /// - Returns: the exit status, negative for the signal that ended it.
    @discardableResult
    func status() async -> Int32 {
        let status = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let status = end.withLockedValue { end in
                    if end.status == nil { end.waiting.append(continuation) }
                    return end.status
                }
                if let status { continuation.resume(returning: status) }
            }
        } onCancel: {
            send(SIGKILL)
        }
        await standardError.end()
        await standardOutput.end()
        if let secret {
            #expect(!errors.contains(secret), "the client secret stands on stderr")
            #expect(!output.contains(secret), "the client secret stands on stdout")
        }
        return status
    }

    var errors: String { standardError.text }
    var output: String { standardOutput.text }

    /// Returns when stderr has so many lines that contain `text`; a program that ends before is a failure of the test.
    func errorLines(_ count: Int = 1, containing text: String) async throws {
        let isThere = await standardError.wait { $0.split(separator: "\n").count { $0.contains(text) } >= count }
        try #require(isThere, "it ended without having written '\(text)' \(count) times:\n\(errors)")
    }

    /// Returns when stdout has so many lines; a program that ends before is a failure of the test.
    func outputLines(_ count: Int) async throws {
        let isThere = await standardOutput.wait { $0.utf8.count { $0 == UInt8(ascii: "\n") } >= count }
        try #require(isThere, "it ended before it had written \(count) lines:\n\(errors)")
    }

    /// Runs it to its end.
    static func run(
        _ arguments: [String], environment: [String: String] = [:], directory: String? = nil, script: String? = nil
    ) async throws -> Ending {
        let program = try Program(arguments, environment: environment, directory: directory, script: script)
        return Ending(status: await program.status(), output: program.output, errors: program.errors)
    }

    /// Runs `body` beside the program, which has ended in any case afterwards.
    static func with(
        _ arguments: [String], environment: [String: String] = [:], directory: String? = nil,
        _ body: @escaping @Sendable (Program) async throws -> Void
    ) async throws {
        let program = try Program(arguments, environment: environment, directory: directory)
        let result: Result<Void, any Error> = await withTaskCancellationHandler {
            do { return .success(try await body(program)) } catch { return .failure(error) }
        } onCancel: {
            program.send(SIGKILL)
        }
        program.send(SIGKILL)
        await program.status()
        try result.get()
    }
}
