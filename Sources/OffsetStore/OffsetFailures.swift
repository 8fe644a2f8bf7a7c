import AuditCore

/// What an operator reads when the offset file cannot be used.
enum OffsetFailures {
    static func unusable(_ path: String, _ reason: String) -> Failure {
        Failure(
            .offsets, "offset file '\(path)' cannot be opened: \(reason.lowercasedFirst)",
            hint: "make its directory writable for this user, or name another file with --offsets")
    }

    static func missing(_ path: String) -> Failure {
        Failure(
            .offsets, "offset file '\(path)' does not exist",
            hint: "'auditferry run' creates it; name the right one with --offsets")
    }

    static func corrupt(_ path: String, _ reason: String) -> Failure {
        Failure(
            .offsets, "offset file '\(path)' is damaged: \(reason.lowercasedFirst)",
            hint:
                "move it aside and run again with --since set to before the damage: audits are delivered twice then, none is lost"
        )
    }

    /// The file is not there, and something that only stood beside one is.
    static func gone(_ path: String, _ rest: String) -> Failure {
        Failure(
            .offsets, "offset file '\(path)' is gone, and '\(rest)' is left of it",
            hint: "restore it; or move what is left aside and run again with --since set to before it was lost")
    }

    static func foreign(_ path: String) -> Failure {
        Failure(
            .offsets, "offset file '\(path)' is a database of another program",
            hint: "name another file with --offsets; this one was not touched")
    }

    static func tooNew(_ path: String, version: Int64) -> Failure {
        Failure(
            .offsets, "offset file '\(path)' has version \(version), which is later than this program's \(Schema.version)",
            hint: "run the later version of auditferry again, or name another file with --offsets")
    }

    static func tooOld(_ path: String, version: Int64) -> Failure {
        Failure(
            .offsets, "offset file '\(path)' has version \(version), which is earlier than this program's \(Schema.version)",
            hint: "'auditferry run' brings it up to date")
    }

    static func locked(_ path: String, by holder: String?) -> Failure {
        Failure(
            .locked, "offset file '\(path)' is held by another instance" + (holder.map { ", \($0)" } ?? ""),
            hint: "stop that one first, or give this one its own file with --offsets")
    }

    static func unknownOutput(_ name: String, known: [String]) -> Failure {
        Failure(
            .data, "output '\(name)' is not in the offset file",
            hint: known.isEmpty ? "no output has begun yet" : "it has \(known.map { "'\($0)'" }.joined(separator: ", "))")
    }
}

extension String {
    fileprivate var lowercasedFirst: String { prefix(1).lowercased() + dropFirst() }
}
