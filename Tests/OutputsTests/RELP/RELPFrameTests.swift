import EngineTesting
import TestTraits
import Testing

@testable import Outputs

@Suite(.fewAtATime)
struct RELPFrameTests {
    private func frames(_ text: String) throws -> [RELPFrame] {
        var parser = RELPParser()
        return try parser.parse(text.utf8)
    }

    @Test func `a frame is read as it is written`() throws {
        let frame = RELPFrame(transaction: 7, command: "rsp", data: Array("200 OK\na\n".utf8))
        #expect(String(decoding: frame.bytes, as: UTF8.self) == "7 rsp 9 200 OK\na\n\n")
        var parser = RELPParser()
        #expect(try parser.parse(frame.bytes) == [frame])
    }

    @Test func `empty data has no space before it, and may have one all the same`() throws {
        #expect(RELPFrame(transaction: 3, command: "close").bytes == Array("3 close 0\n".utf8))
        let expected = RELPFrame(transaction: 3, command: "rsp")
        #expect(try frames("3 rsp 0\n3 rsp 0 \n") == [expected, expected])
    }

    @Test func `frames are whole wherever the stream is cut`() throws {
        let text = "1 rsp 6 200 OK\n2 rsp 0\n0 serverclose 0\n999999999 rsp 3 500\n"
        let whole = try frames(text)
        #expect(whole.count == 4)
        for cut in 0...text.utf8.count {
            var parser = RELPParser()
            let first = try parser.parse(text.utf8.prefix(cut))
            #expect(try first + parser.parse(text.utf8.dropFirst(cut)) == whole)
        }
    }

    @Test(arguments: [
        " rsp 0\n", "a rsp 0\n", "-1 rsp 0\n", "1234567890 rsp 0\n", "1\n", "1  0\n", "1 r1 0\n", "1 rsp\n", "1 rsp a\n",
        "1 rsp \n",
        "1 rsp 1234567890\n", "1 rsp 6\n", "1 rsp 65537 ", "1 rsp 999999999 ", "1 rsp 2 200\n", "1 rsp 0  ",
        "1 \(String(repeating: "a", count: 33)) 0\n", "\r\n",
    ])
    func `what is no frame is a breach at once, and stays one`(text: String) {
        var parser = RELPParser()
        let first = Result { try parser.parse(text.utf8) }
        let second = Result { try parser.parse("1 rsp 0\n".utf8) }
        #expect(throws: RELPBreach.self) { try first.get() }
        #expect(throws: RELPBreach.self) { try second.get() }
    }

    @Test func `the largest frame is taken`() throws {
        let data = String(repeating: "x", count: RELPParser.largestData)
        let name = String(repeating: "a", count: 32)
        #expect(try frames("999999999 \(name) \(data.utf8.count) \(data)\n").first?.data.count == RELPParser.largestData)
    }

    /// Half of them are bytes that stand in frames, so that many get far.
    @Test func `random bytes end in frames or in a breach, the same however they are cut`() throws {
        for seed in 0..<2000 as Range<UInt64> {
            var random = SampleGenerator(seed: seed)
            let alphabet = Array("0123456789 \nrsp".utf8)
            let bytes: [UInt8] = (0..<random.number(1...200)).map { _ in
                seed % 2 == 0 ? alphabet[random.number(0...(alphabet.count - 1))] : UInt8(random.number(0...255))
            }
            let whole = outcome([bytes])
            var (pieces, rest) = ([[UInt8]](), bytes[...])
            while !rest.isEmpty {
                let count = random.number(1...7)
                pieces.append(Array(rest.prefix(count)))
                rest = rest.dropFirst(count)
            }
            #expect(outcome(pieces) == whole, "seed \(seed)")
            for frame in whole.frames {
                #expect(frame.transaction <= RELPFrame.lastTransaction && (1...32).contains(frame.command.utf8.count))
            }
        }
    }

    /// Frames before a breach in the same piece are not told: the connection has ended either way.
    private func outcome(_ pieces: [[UInt8]]) -> Outcome {
        var (parser, frames) = (RELPParser(), [RELPFrame]())
        for byte in pieces.joined() {
            do { frames += try parser.parse([byte]) } catch { return Outcome(frames: frames, breach: error) }
        }
        var whole = RELPParser()
        for piece in pieces where (try? whole.parse(piece)) == nil { return Outcome(frames: frames, breach: RELPBreach("")) }
        return Outcome(frames: frames, breach: nil)
    }

    private struct Outcome: Equatable {
        let frames: [RELPFrame]
        let breach: RELPBreach?
    }

    @Test func `sound frames survive any cut`() throws {
        for seed in 0..<200 as Range<UInt64> {
            var random = SampleGenerator(seed: seed)
            let sent = (0..<random.number(1...20)).map { _ in
                RELPFrame(
                    transaction: random.number(0...RELPFrame.lastTransaction),
                    command: ["rsp", "serverclose"][random.number(0...1)],
                    data: (0..<random.number(0...300)).map { _ in UInt8(random.number(0...255)) })
            }
            var (parser, received, rest) = (RELPParser(), [RELPFrame](), sent.flatMap(\.bytes)[...])
            while !rest.isEmpty {
                let count = random.number(1...50)
                received += try parser.parse(rest.prefix(count))
                rest = rest.dropFirst(count)
            }
            #expect(received == sent, "seed \(seed)")
        }
    }

    @Test func `after the last transaction comes the first`() {
        #expect(RELPFrame.transaction(after: 0) == 1)
        #expect(RELPFrame.transaction(after: 999_999_998) == 999_999_999)
        #expect(RELPFrame.transaction(after: 999_999_999) == 1)
    }
}

@Suite(.fewAtATime)
struct RELPResponseTests {
    private func response(_ text: String) -> RELPResponse? { RELPResponse(Array(text.utf8)) }

    @Test func `code, text and offers are read`() throws {
        let response = try #require(
            self.response("200 OK\nrelp_version=0\nrelp_software=a,1,http://x=y\ncommands=syslog,b\nalone\n\n=x"))
        #expect(response.code == 200 && response.text == "OK")
        #expect(response.offers["relp_version"] == ["0"])
        #expect(response.offers["relp_software"] == ["a", "1", "http://x=y"])
        #expect(response.offers["commands"] == ["syslog", "b"])
        #expect(response.offers["alone"] == [])
    }

    @Test(arguments: ["", "2", "20", "OK", "2000 OK", "20a", "\n200", " 200", "200OK"])
    func `what has no code is no response`(text: String) { #expect(response(text) == nil) }

    @Test func `a text is cut, and keeps nothing that is not printable`() {
        #expect(response("500 \u{1b}[1m\(String(repeating: "x", count: 500))")?.text.utf8.count == 79)
        #expect(response("500")?.text == "")
    }

    @Test(arguments: [
        "200 OK\nrelp_version=0\ncommands=syslog", "200\nrelp_version=1\ncommands=eventlog,syslog",
        "200 OK\nrelp_version=0,1\nunknown\ncommands=syslog",
    ])
    func `a session comes of these offers`(text: String) throws {
        try RELPOffers.check(#require(response(text)))
    }

    @Test(arguments: [
        ("500 no room\nrelp_version=0\ncommands=syslog", "it refused the session with 500 'no room'"),
        ("200 OK", "it names no version of RELP"),
        ("200 OK\nrelp_version=7\ncommands=syslog", "it speaks another version of RELP"),
        ("200 OK\nrelp_version=0", "it does not take the command 'syslog'"),
        ("200 OK\nrelp_version=0\ncommands=eventlog", "it does not take the command 'syslog'"),
    ])
    func `none comes of these`(text: String, reason: String) throws {
        let response = try #require(self.response(text))
        #expect(throws: RELPBreach(reason)) { try RELPOffers.check(response) }
    }
}
