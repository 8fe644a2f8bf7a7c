import Foundation
import Outputs
import TestTraits
import Testing

@Suite(.fewAtATime)
struct LineFileTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private func lines(_ bytes: Data) throws -> [LineFile.Line] {
        let path = directory.file("lines")
        try bytes.write(to: URL(fileURLWithPath: path))
        let file = try LineFile(path)
        var lines: [LineFile.Line] = []
        while let line = try file.next() { lines.append(line) }
        return lines
    }

    @Test(arguments: ["", "\n", "a", "a\n", "a\nbc", "\n\n\nx\n\n"])
    func `the lines and their places are those of the file`(text: String) throws {
        let lines = try lines(Data(text.utf8))
        var expected = text.split(separator: "\n", omittingEmptySubsequences: false)
        if expected.last == "" { expected.removeLast() }
        #expect(lines.map { String(decoding: $0.bytes ?? [], as: UTF8.self) } == expected.map(String.init))
        #expect(lines.map(\.number) == Array(0..<lines.count).map { $0 + 1 })
        #expect(zip(lines, lines.dropFirst()).allSatisfy { $0.range.upperBound == $1.range.lowerBound })
        #expect(lines.last.map { $0.range.upperBound == text.utf8.count } ?? text.isEmpty)
    }

    @Test func `lines are whole over the edges of what is read at once`() throws {
        let texts = (0..<2000).map { String(repeating: "x", count: $0 % 1500) + "\($0)" }
        let lines = try lines(Data((texts.joined(separator: "\n") + "\n").utf8))
        #expect(lines.map { String(decoding: $0.bytes ?? [], as: UTF8.self) } == texts)
    }

    @Test func `a line that is too long is passed over, and the next ones are whole`() throws {
        let long = Data(repeating: 0x61, count: LineFile.longestLine + (1 << 20))
        let lines = try lines(Data("first\n".utf8) + long + Data("\nlast\n".utf8))
        #expect(lines.map { $0.bytes.map { String(decoding: $0, as: UTF8.self) } } == ["first", nil, "last"])
        #expect(lines.map(\.range) == [0..<6, 6..<7 + long.count, 7 + long.count..<12 + long.count])
    }
}
