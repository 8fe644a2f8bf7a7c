import TestTraits
import Testing

@testable import Forwarder

@Suite(.fewAtATime) struct `Reading YAML` {
    private func read(_ text: String) throws(YAMLProblem) -> YAMLDocument { try YAMLReader.read(Array(text.utf8)) }

    private func problem(_ text: String) -> YAMLProblem? {
        do throws(YAMLProblem) {
            return try read(text).problems.first
        } catch {
            return error
        }
    }

    @Test func `a tree keeps order, places and quotes`() throws {
        let document = try read("b: 1\na:\n  - x\n  - \"2\"\n")
        guard case .mapping(let entries) = document.root?.content else { return #expect(Bool(false), "no mapping") }
        #expect(entries.map(\.key) == ["b", "a"])
        #expect(entries.map(\.mark) == [YAMLMark(line: 1, column: 1), YAMLMark(line: 2, column: 1)])
        #expect(entries[0].value.content == .scalar(YAMLScalar(text: "1", isQuoted: false)))
        guard case .sequence(let items) = entries[1].value.content else { return #expect(Bool(false), "no sequence") }
        #expect(items.map(\.mark) == [YAMLMark(line: 3, column: 5), YAMLMark(line: 4, column: 5)])
        #expect(items[1].content == .scalar(YAMLScalar(text: "2", isQuoted: true)))
    }

    @Test(arguments: ["", "\n", "# nothing\n", "---\n"])
    func `nothing but comments is an empty document`(_ text: String) throws {
        let root = try read(text).root
        #expect(root == nil || root?.isNull == true)
    }

    @Test func `a byte order mark is no part of the first key`() throws {
        guard case .mapping(let entries) = try read("\u{feff}a: 1\n").root?.content else { return #expect(Bool(false)) }
        #expect(entries.map(\.key) == ["a"])
    }

    @Test func `a key that stands twice is an error at its second place, and the first one counts`() throws {
        let document = try read("a: 1\nb: 2\na: 3\n")
        #expect(document.problems == [YAMLProblem(mark: YAMLMark(line: 3, column: 1), message: "the key 'a' stands here twice")])
        guard case .mapping(let entries) = document.root?.content else { return #expect(Bool(false)) }
        #expect(entries.map(\.value.content).first == .scalar(YAMLScalar(text: "1", isQuoted: false)))
    }

    @Test func `aliases, anchors and tags are refused, so that no file can grow`() {
        #expect(problem("a: &x [1]\nb: [*x, *x]\n")?.mark == YAMLMark(line: 2, column: 5))
        #expect(problem("a: &x 1\n")?.message == "anchors ('&name') are not supported")
        #expect(problem("a: !!binary aGk=\n")?.message == "tags ('!name') are not supported")
    }

    @Test func `depth, size and number of values are bounded`() throws {
        _ = try read(String(repeating: "[", count: 32) + String(repeating: "]", count: 32))
        #expect(
            problem(String(repeating: "[", count: 33) + String(repeating: "]", count: 33))?.message
                == "nested deeper than 32 levels")
        #expect(problem(String(repeating: "[", count: 1 << 20))?.message == "nested deeper than 32 levels")
        #expect(problem(String(repeating: "- a\n", count: 10_000))?.message == "more than 10000 keys and values")
        #expect(problem(String(repeating: " ", count: 1 << 20) + " ")?.message == "larger than 1MiB")
    }

    @Test func `what is no YAML is shown with line and column`() {
        #expect(problem("a: 1\nb: [1, 2\nc: 3\n")?.mark.line == 3)
        #expect(problem("a: 1\n\tb: 2\n")?.mark == YAMLMark(line: 2, column: 1))
        #expect(problem("a: \"never closed\n")?.message.hasPrefix("not YAML: ") == true)
        #expect(problem("a: 1\n---\nb: 2\n")?.message == "a second document; one file holds one")
        #expect(problem("? [a, b]\n: 1\n")?.message == "a key must be text")
    }

    @Test func `bytes that are no text are shown with their place`() {
        let bytes = Array("a: 1\nb: ".utf8) + [0xff, 0x0a]
        #expect(throws: YAMLProblem(mark: YAMLMark(line: 2, column: 4), message: "not YAML: invalid leading UTF-8 octet")) {
            try YAMLReader.read(bytes)
        }
    }

    @Test(arguments: [
        "client_secret: hunter2: x", "client_secret:hunter2\n  b: 1", "a: [hunter2", "hunter2: [x\n- y", "'hunter2",
    ])
    func `a message about broken YAML quotes no value`(_ text: String) {
        #expect(problem(text)?.message.contains("hunter2") == false)
    }
}

@Suite(.fewAtATime) struct `Variables in values` {
    private let environment = ["A": "one", "EMPTY": "", "NESTED": "${A}"]

    private func expand(_ text: String) throws -> String { try VariableSubstitution.expand(text, environment) }

    @Test(arguments: [
        ("${A}", "one"), ("x${A}y${A}", "xoneyone"), ("${A:-two}", "one"), ("${B:-two}", "two"), ("${EMPTY:-two}", "two"),
        ("${EMPTY}", ""), ("${B:-}", ""), ("$A $ $$ a$", "$A $ $$ a$"), ("$${A}", "${A}"), ("$$${A}", "$${A}"),
        ("${NESTED}", "${A}"), ("${B:-a:-b}", "a:-b"), ("${B:-é}", "é"),
    ])
    func `are replaced`(_ text: String, _ expected: String) throws {
        #expect(try expand(text) == expected)
    }

    @Test func `an unset one without a default is an error that names it`() {
        #expect(throws: VariableSubstitution.Problem(message: "the variable 'B_2' is not set")) { try expand("${B_2}") }
    }

    @Test(arguments: ["${", "${A", "${}", "${1A}", "${A-b}", "${A b}", "${:-x}", "${B:-${A}}"])
    func `a broken reference is an error that shows no text`(_ text: String) {
        #expect(throws: VariableSubstitution.Problem.self) { try expand(text) }
    }

    @Test func `what comes of them is bounded`() {
        let large = ["A": String(repeating: "x", count: 40_000)]
        #expect(throws: VariableSubstitution.Problem.self) { try VariableSubstitution.expand("${A}${A}", large) }
    }
}

@Suite(.fewAtATime) struct `The nearest name` {
    @Test(arguments: [
        ("adress", "address"), ("addres", "address"), ("Type", "type"), ("tpye", "type"), ("client-id", "client_id"),
        ("warn", "warning"), ("outptus", "outputs"),
    ])
    func `is found for a slip`(_ typed: String, _ meant: String) {
        let names = ["type", "address", "client_id", "warning", "outputs", "path"]
        #expect(NearestName.of(typed, among: names) == meant)
    }

    @Test(arguments: ["", "xyz", "banana", "tls", "a"])
    func `is none for another word`(_ typed: String) {
        #expect(NearestName.of(typed, among: ["type", "address", "client_id"]) == nil)
    }

    @Test func `counts a swap of neighbours as one slip`() {
        #expect(NearestName.distance(Array("tpye".utf8), Array("type".utf8)) == 1)
        #expect(NearestName.distance(Array("".utf8), Array("type".utf8)) == 4)
        #expect(NearestName.distance(Array("kitten".utf8), Array("sitting".utf8)) == 3)
    }
}
