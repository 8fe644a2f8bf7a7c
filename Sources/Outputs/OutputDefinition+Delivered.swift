extension OutputDefinition {
    /// When the offset moves, for people: what has happened to an audit that counts as delivered. For journald, as it would be now.
    public var delivered: String {
        switch kind {
        case .standardOutput: "the reader took every byte out of the pipe, or the file has them on disk"
        case .file: "the lines are synced to disk"
        case .tcp(let settings): settings.acknowledgement.delivered
        case .syslog(let settings): settings.delivered
        case .journald(let settings): settings.evidence.delivered
        case .relp: "the receiver answered for each message"
        }
    }
}

extension StreamAcknowledgement {
    fileprivate var delivered: String {
        switch self {
        case .kernel: "the peer's kernel acknowledged every byte, and the connection stayed sound"
        case .close: "the peer read to the end, and closed in order"
        }
    }
}

extension SyslogSettings {
    fileprivate var delivered: String {
        switch transport {
        case .stream(_, _, let acknowledgement): acknowledgement.delivered
        case .udp: "it was sent"
        case .unix: "the receiver took every message out of its socket, and is still there"
        }
    }
}

extension JournaldEvidence {
    fileprivate var delivered: String {
        switch (reads, synchronizes) {
        case (true, _):
            "every entry was found in the journal" + (syncs ? ", and its files were synced" : ", which is kept in memory")
        case (false, true): "journald said that it has synchronized"
        case (false, false): "journald took every entry out of its socket"
        }
    }
}
