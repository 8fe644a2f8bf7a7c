import AuditCore
import Foundation
import Logging
import TestTraits
import Testing

@testable import Forwarder

@Suite(.fewAtATime) struct `A line of the log` {
    private let time = Instant(seconds: 1_800_000_000)
    private let entry = LogEntry(
        level: .warning, message: "the output refused a delivery",
        metadata: ["retry_in": "1.5s", "output": "siem", "reason": "tcp 'h:1': connection refused"])

    private func line(_ entry: LogEntry, _ format: LogSettings.Format, isJournal: Bool = false) -> String {
        LogLine(format: format, isJournal: isJournal).line(entry, at: time)
    }

    @Test func `has time, level, message and what differs, in the order of the names`() {
        #expect(
            line(entry, .text)
                == "\(time) warning the output refused a delivery output=siem "
                + "reason=\"tcp 'h:1': connection refused\" retry_in=1.5s")
    }

    @Test func `leaves the time and the level to the journal, which takes the priority from it`() {
        #expect(
            line(entry, .text, isJournal: true)
                == "<4>the output refused a delivery output=siem reason=\"tcp 'h:1': connection refused\" retry_in=1.5s")
        #expect(line(entry, .json, isJournal: true) == "<4>" + line(entry, .json))
    }

    @Test(arguments: zip(Logger.Level.allCases, ["<7>", "<7>", "<6>", "<5>", "<4>", "<3>", "<2>"]))
    func `has the priority of its level`(_ level: Logger.Level, _ prefix: String) { #expect(level.journalPrefix == prefix) }

    @Test(arguments: [
        "a\nb", "a\r\n<2>b", "\u{1b}[2Jgone", "\u{9b}2J", "a\u{2028}b", "\u{202e}txt", "\u{7f}", "x\0y", "\u{e0001}", "é 日本",
    ])
    func `stays one line that no terminal acts upon, whatever a value holds`(_ value: String) throws {
        for format in LogSettings.Format.allCases {
            let text = line(LogEntry(level: .error, message: value, metadata: ["reason": "\(value)"]), format)
            let isPlain = text.unicodeScalars.allSatisfy { scalar in
                ![.control, .format, .lineSeparator, .paragraphSeparator].contains(scalar.properties.generalCategory)
            }
            #expect(isPlain, "\(text)")
        }
        let json = line(LogEntry(level: .error, message: "m", metadata: ["reason": "\(value)"]), .json)
        let read = try JSONDecoder().decode([String: String].self, from: Data(json.utf8))
        #expect(read["reason"] == value && read["level"] == "error" && read["message"] == "m")
    }

    @Test(arguments: ["", "a b", "a=b", "a\"b"]) func `puts a value in quotes that is no single word`(_ value: String) {
        let text = line(LogEntry(level: .info, message: "m", metadata: ["k": "\(value)"]), .text)
        #expect(text.hasSuffix(" k=\(JSONText.quoted(value))"))
    }

    @Test func `is bounded`() {
        let long = String(repeating: "x", count: 1 << 20)
        #expect(
            line(LogEntry(level: .info, message: "m", metadata: ["k": "\(long)"]), .text).utf8.count < LogLine.longestValue + 100)
    }
}

@Suite(.fewAtATime) struct `The stream to the journal` {
    @Test(arguments: ["", "1", "1:", ":1", "a:b", "1:2:3", "-1:2", "99999999999999999999:1"])
    func `is not there where its name cannot be read`(_ text: String) { #expect(JournalStream(text) == nil) }

    @Test func `is the descriptor whose device and inode are named, and no other`() throws {
        #expect(JournalStream(nil) == nil)
        var descriptors: [Int32] = [0, 0]
        try #require(pipe(&descriptors) == 0)
        defer { for descriptor in descriptors { close(descriptor) } }
        var status = stat()
        fstat(descriptors[0], &status)
        let stream = try #require(JournalStream("\(status.st_dev):\(status.st_ino)"))
        #expect(stream.isOpen(at: descriptors[0]) && !stream.isOpen(at: STDIN_FILENO) && !stream.isOpen(at: -1))
        #expect(JournalStream("\(status.st_dev):\(status.st_ino + 1)")?.isOpen(at: descriptors[0]) == false)
    }
}
