import AuditCore
import FoundationEssentials
import Testing

@testable import AuditAPI

/// The scanner against the standard decoder, on documents that are whole, cut off and damaged.
@Suite struct ScanDifferentialTests {
    private struct Page: Decodable {
        let entities: [Audit]
    }

    private struct Audit: Decodable {
        let id: String
        let eventDate: String
    }

    /// Accepts every document whose structure the standard decoder accepts, whatever its numbers and characters are worth.
    private struct Anything: Decodable {
        init(from decoder: any Decoder) throws {}
    }

    private static func scan(_ bytes: [UInt8]) -> PageScan? { try? PageScan(bytes.span) }

    /// The standard decoder checks the grammar of a value when it is asked for it, so every value is.
    private static func page(_ bytes: [UInt8]) -> Page? {
        guard (try? JSONDecoder().decode(JSONValue.self, from: Data(bytes))) != nil else { return nil }
        return try? JSONDecoder().decode(Page.self, from: Data(bytes))
    }

    @Test(arguments: 0..<50)
    func `both find the same audits`(seed: UInt64) throws {
        var documents = AuditDocuments(random: SeededGenerator(state: seed))
        for _ in 0..<20 {
            let bytes = Array(documents.page().utf8)
            let scan = try PageScan(bytes.span)
            let page = try JSONDecoder().decode(Page.self, from: Data(bytes))
            #expect(scan.audits.map(\.id) == page.entities.map { AuditID($0.id) })
            #expect(scan.audits.map(\.instant) == page.entities.map { Instant($0.eventDate) })
            for (raw, audit) in zip(scan.audits, page.entities) {
                let slice = Data(bytes[raw.start..<raw.end])
                #expect(try JSONDecoder().decode(Audit.self, from: slice).id == audit.id)
            }
        }
    }

    @Test(arguments: 0..<20)
    func `a document that is cut off anywhere is refused`(seed: UInt64) {
        var documents = AuditDocuments(random: SeededGenerator(state: 1000 + seed))
        for _ in 0..<5 {
            var bytes = Array(documents.page().utf8)
            while let last = bytes.last, last <= 0x20 { bytes.removeLast() }
            for length in 0..<bytes.count { #expect(ScanDifferentialTests.scan(Array(bytes[..<length])) == nil) }
        }
    }

    @Test(arguments: 0..<20)
    func `damage never traps, and what both accept has the same audits`(seed: UInt64) {
        var documents = AuditDocuments(random: SeededGenerator(state: 2000 + seed))
        for _ in 0..<10 {
            let whole = Array(documents.page().utf8)
            for _ in 0..<100 {
                let bytes = ScanDifferentialTests.damaged(whole, &documents.random)
                guard let page = ScanDifferentialTests.page(bytes) else {
                    _ = ScanDifferentialTests.scan(bytes)
                    continue
                }
                guard let scan = ScanDifferentialTests.scan(bytes) else {
                    #expect(ScanDifferentialTests.hasCommaBeforeBracket(bytes), "\(String(decoding: bytes, as: UTF8.self))")
                    continue
                }
                #expect(scan.audits.count == page.entities.count)
                for (raw, audit) in zip(scan.audits, page.entities) where !audit.id.isEmpty {
                    #expect(raw.id == AuditID(audit.id))
                }
            }
        }
    }

    @Test(arguments: 0..<20)
    func `what the scanner accepts is JSON, broken characters apart`(seed: UInt64) {
        var documents = AuditDocuments(random: SeededGenerator(state: 3000 + seed))
        for _ in 0..<10 {
            let whole = Array(documents.page().utf8)
            for _ in 0..<100 {
                let bytes = ScanDifferentialTests.damaged(whole, &documents.random)
                guard ScanDifferentialTests.scan(bytes) != nil, String(validating: bytes, as: UTF8.self) != nil else { continue }
                let isJSON = (try? JSONDecoder().decode(Anything.self, from: Data(bytes))) != nil
                #expect(isJSON, "\(String(decoding: bytes, as: UTF8.self))")
            }
        }
    }

    /// The standard decoder accepts a comma before a closing bracket, which is no JSON.
    private static func hasCommaBeforeBracket(_ bytes: [UInt8]) -> Bool {
        let tokens = bytes.filter { $0 > 0x20 }
        return zip(tokens, tokens.dropFirst()).contains { $0 == UInt8(ascii: ",") && ($1 | 0x20) == UInt8(ascii: "}") }
    }

    /// Flips, replaces, removes or inserts one to three bytes, mostly such as mean something in JSON.
    private static func damaged(_ bytes: [UInt8], _ random: inout SeededGenerator) -> [UInt8] {
        var bytes = bytes
        let meaningful = Array("{}[]\",:\\0-+.eEtfnu \n".utf8)
        for _ in 0..<Int.random(in: 1...3, using: &random) where !bytes.isEmpty {
            let place = Int.random(in: 0..<bytes.count, using: &random)
            switch Int.random(in: 0..<4, using: &random) {
            case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            case 1: bytes[place] = meaningful.randomElement(using: &random)!
            case 2: bytes.remove(at: place)
            default: bytes.insert(meaningful.randomElement(using: &random)!, at: place)
            }
        }
        return bytes
    }
}
