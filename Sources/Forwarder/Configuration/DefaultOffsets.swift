/// Where the ledger is kept when nobody says: the first of these that applies.
///
/// 1. `$STATE_DIRECTORY/offsets.db`, the directory that systemd made for the service (the first one of several).
/// 2. `/var/lib/auditferry/offsets.db` for the superuser.
/// 3. `$XDG_STATE_HOME/auditferry/offsets.db`, where that is an absolute path, as the XDG base directory specification demands.
/// 4. `$HOME/.local/state/auditferry/offsets.db`.
enum DefaultOffsets {
    /// `nil` where no rule applies, since HOME is not set.
    static func path(_ environment: [String: String], runsAsRoot: Bool) -> String? {
        func directory(_ name: String) -> String? { environment[name].flatMap { $0.hasPrefix("/") ? $0 : nil } }
        if let state = environment["STATE_DIRECTORY"]?.split(separator: ":").first { return "\(state)/offsets.db" }
        if runsAsRoot { return "/var/lib/auditferry/offsets.db" }
        if let state = directory("XDG_STATE_HOME") { return "\(state)/auditferry/offsets.db" }
        return directory("HOME").map { "\($0)/.local/state/auditferry/offsets.db" }
    }
}
