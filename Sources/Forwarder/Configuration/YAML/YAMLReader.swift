import CYAML

/// Reads one YAML document with libyaml: no aliases, no anchors, no tags, so that a small file cannot become a large tree.
enum YAMLReader {
    /// The largest document, 1 MiB.
    static let maximumBytes = 1 << 20

    /// - Throws: the first thing that makes the document unreadable. What can be read around is in the document's problems.
    static func read(_ bytes: [UInt8]) throws(YAMLProblem) -> YAMLDocument {
        guard bytes.count <= maximumBytes else {
            throw YAMLProblem(mark: .start, message: "larger than \(ByteSize.text(maximumBytes))")
        }
        // libyaml asserts that its input is no null pointer, which that of an empty array may be.
        guard !bytes.isEmpty else { return YAMLDocument(root: nil, problems: []) }
        let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
        defer { parser.deallocate() }
        guard yaml_parser_initialize(parser) == 1 else {
            throw YAMLProblem(mark: .start, message: "cannot be read: out of memory")
        }
        defer { yaml_parser_delete(parser) }
        let result = bytes.withUnsafeBufferPointer { (buffer) -> Result<YAMLDocument, YAMLProblem> in
            yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
            yaml_parser_set_input_string(parser, buffer.baseAddress, buffer.count)
            do throws(YAMLProblem) {
                return .success(try document(parser, bytes))
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    private static func document(
        _ parser: UnsafeMutablePointer<yaml_parser_t>, _ bytes: [UInt8]
    ) throws(YAMLProblem) -> YAMLDocument {
        var tree = YAMLTree()
        var documents = 0
        // Every turn consumes input or ends: the parser makes at most a few events of each byte.
        while true {
            var event = yaml_event_t()
            guard yaml_parser_parse(parser, &event) == 1 else { throw problem(parser.pointee, bytes) }
            defer { yaml_event_delete(&event) }
            if event.type == YAML_STREAM_END_EVENT || event.type == YAML_NO_EVENT { break }
            if event.type == YAML_DOCUMENT_START_EVENT {
                documents += 1
                guard documents == 1 else {
                    throw YAMLProblem(mark: mark(event.start_mark), message: "a second document; one file holds one")
                }
            }
            try take(event, into: &tree)
        }
        return YAMLDocument(root: tree.root, problems: tree.problems)
    }

    private static func take(_ event: yaml_event_t, into tree: inout YAMLTree) throws(YAMLProblem) {
        let place = mark(event.start_mark)
        switch event.type {
        case YAML_ALIAS_EVENT:
            throw YAMLProblem(mark: place, message: "aliases ('*name') are not supported; write the value out")
        case YAML_SCALAR_EVENT:
            let scalar = event.data.scalar
            refuse(anchor: scalar.anchor, tag: scalar.tag, at: place, in: &tree)
            let text = String(decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length), as: UTF8.self)
            let isQuoted = scalar.style != YAML_PLAIN_SCALAR_STYLE
            try tree.scalar(YAMLScalar(text: text, isQuoted: isQuoted), at: place)
        case YAML_SEQUENCE_START_EVENT:
            let start = event.data.sequence_start
            refuse(anchor: start.anchor, tag: start.tag, at: place, in: &tree)
            try tree.open(mapping: false, at: place)
        case YAML_MAPPING_START_EVENT:
            let start = event.data.mapping_start
            refuse(anchor: start.anchor, tag: start.tag, at: place, in: &tree)
            try tree.open(mapping: true, at: place)
        case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT:
            tree.close()
        default:
            break
        }
    }

    private static func refuse(
        anchor: UnsafeMutablePointer<UInt8>?, tag: UnsafeMutablePointer<UInt8>?, at mark: YAMLMark, in tree: inout YAMLTree
    ) {
        if anchor != nil { tree.refuse("anchors ('&name') are not supported", at: mark) }
        if tag != nil { tree.refuse("tags ('!name') are not supported", at: mark) }
    }

    private static func mark(_ mark: yaml_mark_t) -> YAMLMark {
        YAMLMark(line: mark.line + 1, column: mark.column + 1)
    }

    /// The parser's own words, which are constants of libyaml and quote nothing of the document.
    private static func problem(_ parser: yaml_parser_t, _ bytes: [UInt8]) -> YAMLProblem {
        let words = parser.problem.map { String(cString: $0) } ?? "cannot be understood"
        if parser.error == YAML_READER_ERROR {
            return YAMLProblem(mark: mark(offset: parser.problem_offset, in: bytes), message: "not YAML: \(words)")
        }
        let context = parser.context.map { " \(String(cString: $0))" } ?? ""
        return YAMLProblem(mark: mark(parser.problem_mark), message: "not YAML: \(words)\(context)")
    }

    private static func mark(offset: Int, in bytes: [UInt8]) -> YAMLMark {
        let before = bytes.prefix(max(offset, 0))
        let lineStart = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        return YAMLMark(line: before.count { $0 == UInt8(ascii: "\n") } + 1, column: before.count - lineStart + 1)
    }
}
