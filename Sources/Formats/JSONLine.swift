import AuditCore

/// The format `json`: the audit's own bytes as one line.
enum JSONLine {
    static func append(_ audit: RawAudit, of page: AuditPage, to buffer: inout [UInt8]) {
        if audit.hasWhitespace {
            appendCompacted(page.bytes.span.extracting(audit.start..<audit.end), to: &buffer)
        } else {
            buffer.append(contentsOf: page.bytes[audit.start..<audit.end])
        }
    }

    /// Copies the JSON text without the white space between its tokens. Inside strings every byte is kept; a raw line end cannot
    /// stand there (RFC 8259 section 7), and the page's reader has refused one that does.
    private static func appendCompacted(_ bytes: Span<UInt8>, to buffer: inout [UInt8]) {
        var inString = false
        var escaped = false
        for index in bytes.indices {
            let byte = bytes[index]
            if inString {
                buffer.append(byte)
                if escaped {
                    escaped = false
                } else if byte == UInt8(ascii: "\\") {
                    escaped = true
                } else if byte == UInt8(ascii: "\"") {
                    inString = false
                }
            } else {
                switch byte {
                case UInt8(ascii: " "), UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: "\t"): continue
                case UInt8(ascii: "\""): inString = true
                default: break
                }
                buffer.append(byte)
            }
        }
    }
}
