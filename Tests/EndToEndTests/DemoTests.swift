import FaultScenes
import Foundation
import TestTraits
import Testing

/// What a newcomer meets first.
@Suite(.fewAtATime)
struct DemoTests {
    @Test(.timeLimit(.minutes(5)))
    func `a demo of a thousand prints a thousand distinct audits and ends`() async throws {
        let first = try await demo(seed: 7)
        #expect(first.count == 1000)
        #expect(Set(first).count == 1000)
    }

    @Test(.timeLimit(.minutes(5)))
    func `the same seed shows the same audits again, and another one others`() async throws {
        let first = try await demo(seed: 11, count: 300)
        let second = try await demo(seed: 11, count: 300)
        let other = try await demo(seed: 12, count: 300)
        #expect(first == second)
        #expect(Set(first).isDisjoint(with: other))
    }

    @Test(.timeLimit(.minutes(5)))
    func `a demo that is interrupted ends well`() async throws {
        try await Program.with(["demo", "--events-per-second", "50"]) { program in
            try await program.outputLines(100)
            program.send(SIGINT)
            let status = try await program.status()
            #expect(status == 0, "\(program.errors)")
        }
    }

    /// The ids in the order of their lines.
    private func demo(seed: Int, count: Int = 1000) async throws -> [String] {
        let ended = try await Program.run(["demo", "--count", "\(count)", "--seed", "\(seed)"])
        #expect(ended.status == 0, "\(ended.errors)")
        #expect(ended.errors == "")
        let lines = ended.output.split(separator: "\n")
        #expect(lines.count == count)
        #expect(ended.output.hasSuffix("}\n"))
        return try ids(inLines: ended.output)
    }

    private static let commands: [[String]] = [
        [], ["run"], ["demo"], ["query"], ["backfill"], ["related"], ["services"], ["offsets"], ["offsets", "show"],
        ["offsets", "gaps"], ["offsets", "rewind"], ["simulate"],
    ]

    @Test(.timeLimit(.minutes(5)), arguments: commands)
    func `the help of every command has an example`(_ command: [String]) async throws {
        let ended = try await Program.run(command + ["--help"])
        #expect(ended.status == 0)
        #expect(ended.errors == "")
        let words = (["auditferry"] + command).joined(separator: " ")
        #expect(ended.output.split(separator: "\n").contains { $0.hasPrefix("  ") && $0.contains(words) })
    }

    @Test func `the version is a number`() async throws {
        let ended = try await Program.run(["--version"])
        #expect(ended.status == 0)
        #expect(try /[0-9]+\.[0-9]+\.[0-9]+(-[a-z0-9.]+)?\n/.wholeMatch(in: ended.output) != nil, "\(ended.output)")
    }

    @Test(arguments: ["bash", "zsh", "fish"])
    func `a completion script is made`(_ shell: String) async throws {
        let ended = try await Program.run(["--generate-completion-script", shell])
        #expect(ended.status == 0)
        #expect(ended.errors == "")
        for word in ["auditferry", "backfill", "events-per-second"] { #expect(ended.output.contains(word)) }
    }
}
