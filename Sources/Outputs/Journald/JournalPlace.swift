import Glibc

/// Where journald is met.
struct JournalPlace: Sendable, Equatable {
    var socket = "/run/systemd/journal/socket"
    var synchronizeSocket = "/run/systemd/journal/io.systemd.journal"
    /// Of this machine's journal; there where journald keeps it on disk.
    var persistentDirectory: String
    /// Of this machine's journal in memory; there until journald has moved it to disk, and always where it keeps none there.
    var volatileDirectory: String

    /// This machine's, or that of the journal namespace which the service manager has put this process into (systemd.exec(5), LOG_NAMESPACE).
    static var system: JournalPlace {
        let namespace = getenv("LOG_NAMESPACE").map { "." + String(cString: $0) } ?? ""
        let machine = SmallFile.read("/etc/machine-id", upTo: 64).split(separator: "\n").first ?? "unknown"
        return JournalPlace(
            persistentDirectory: "/var/log/journal/\(machine)\(namespace)",
            volatileDirectory: "/run/log/journal/\(machine)\(namespace)")
    }

    /// Whether journald writes to memory now.
    var isVolatile: Bool { access(volatileDirectory + "/system.journal", F_OK) == 0 }
    var isPersistent: Bool { !isVolatile && access(persistentDirectory, F_OK) == 0 }

    /// Whether what this process sends can be read: journald writes it to the system's file, or to that of the user (journald.conf(5), SplitMode).
    var isReadable: Bool {
        let directory = isVolatile ? volatileDirectory : persistentDirectory
        let files = ["system.journal", "user-\(getuid()).journal"]
        return access(directory, R_OK | X_OK) == 0 && files.contains { access("\(directory)/\($0)", R_OK) == 0 }
    }

    var canSynchronize: Bool { access(synchronizeSocket, R_OK | W_OK) == 0 }
}
