import AuditCore
import Testing

@testable import AuditAPI

@Suite struct AuditCutterTests {
    private static func texts(_ page: AuditPage) -> [String] {
        page.audits.map { String(decoding: page.bytes[$0.start..<$0.end], as: UTF8.self) }
    }

    private static func cut(_ bytes: [UInt8], chunk: Int) throws -> [AuditPage] {
        var cutter = AuditCutter()
        var pages: [AuditPage] = []
        for start in stride(from: 0, to: bytes.count, by: chunk) {
            pages += try cutter.push(Array(bytes[start..<min(start + chunk, bytes.count)]))
        }
        if let last = try cutter.finish() { pages.append(last) }
        return pages
    }

    @Test(arguments: [1, 2, 3, 7, 64, 100_000])
    func `the audits of a file are the same however it arrives`(chunk: Int) throws {
        var documents = AuditDocuments(random: SeededGenerator(state: 7))
        let audits = (0..<40).map { _ in documents.audit() } + ["7", "null", "\"x\\\"]\"", "[1,[2]]", "{}"]
        let bytes = Array(("\n[ " + audits.joined(separator: " ,\n") + "\n]\r\n").utf8)
        let pages = try AuditCutterTests.cut(bytes, chunk: chunk)
        #expect(pages.flatMap(AuditCutterTests.texts) == audits)
        #expect(pages.flatMap(\.audits).prefix(40).allSatisfy { $0.id != nil && $0.instant != nil })
        #expect(pages.flatMap(\.audits).suffix(5).allSatisfy { $0.id == nil })
    }

    @Test func `an empty file has no audits`() throws {
        #expect(try AuditCutterTests.cut(Array(" [ ] ".utf8), chunk: 1).isEmpty)
    }

    @Test func `a file that is cut off anywhere is refused`() throws {
        let bytes = Array(#"[{"id":"a","x":[1,"]\""]}, 12 ,{"id":"b"}]"#.utf8)
        for length in 0..<bytes.count {
            #expect(throws: ScanFailure.self) { try AuditCutterTests.cut(Array(bytes[..<length]), chunk: 5) }
        }
        #expect(try AuditCutterTests.cut(bytes, chunk: 5).flatMap(\.audits).count == 3)
    }

    @Test(arguments: ["{}", "[}", "[1 2]", "[,1]", "[1,]", "[1]x", "[{]}]", "[{\"a\":1}}]", "[tru]", "[01]", "<html>"])
    func `what is no list of audits is refused`(text: String) {
        for chunk in [1, 3, 100] {
            #expect(throws: ScanFailure.self) { try AuditCutterTests.cut(Array(text.utf8), chunk: chunk) }
        }
    }

    @Test func `pieces are small, and memory stays bounded, whatever the size of the file`() throws {
        let audit = #"{"id":"0b6f2a52-9d0e-4a0e-8f5b-1f6f3f6b8a01","x":""# + String(repeating: "y", count: 48) + "\"}"
        var cutter = AuditCutter(pieceSize: 10_000)
        var count = 0
        var pieces = try cutter.push(Array("[".utf8))
        for index in 0..<3000 { pieces += try cutter.push(Array(((index > 0 ? "," : "") + audit).utf8)) }
        pieces += try cutter.push(Array("]".utf8))
        #expect(audit.utf8.count == 100)
        #expect(pieces.count == 30)
        for piece in pieces {
            count += piece.audits.count
            #expect(piece.bytes.count < 10_200)
        }
        count += try cutter.finish()?.audits.count ?? 0
        #expect(count == 3000)
    }

    @Test func `an audit without end is refused, and the position tells where it began`() throws {
        var cutter = AuditCutter(largestAudit: 10_000)
        _ = try cutter.push(Array(#"[{"id":"a"},{"x":""#.utf8))
        let chunk = [UInt8](repeating: UInt8(ascii: "y"), count: 1000)
        let failure = #expect(throws: ScanFailure.self) { for _ in 0..<20 { _ = try cutter.push(chunk) } }
        #expect(failure == ScanFailure(.tooLarge, at: 12))
    }
}
