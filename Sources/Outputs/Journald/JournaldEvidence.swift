import Engine

/// What an acknowledgement of journald rests on: decided once, when the output is made, by what is wanted and what is permitted.
struct JournaldEvidence: Sendable, Equatable {
    /// journald is asked to synchronize.
    var synchronizes = false
    /// Every audit is looked for in the journal.
    var reads = false
    /// The journal's files are synced.
    var syncs = false

    /// - Parameter canRead: whether libsystemd is there.
    init(_ wanted: JournaldAcknowledgement, at place: JournalPlace, canRead: Bool) {
        let isReadable = canRead && place.isReadable
        switch wanted {
        case .none: return
        case .readBack: reads = true
        case .synchronize:
            synchronizes = true
            reads = isReadable
        case .auto:
            reads = isReadable
            synchronizes = !reads && place.canSynchronize
        }
        syncs = (reads || synchronizes && place.isReadable) && place.isPersistent
    }

    /// Without looking, nothing is known of one audit: journald may have kept it out.
    var guarantee: Guarantee {
        if reads { return syncs ? .durable : .application }
        return synchronizes ? .application : .handoff
    }

    /// What an operator has to know of it; `nil` where nothing is missing.
    var warning: String? {
        if reads {
            return syncs ? nil : "journald keeps its journal in memory: audits are acknowledged that a crash of the machine loses"
        }
        return synchronizes
            ? "the journal cannot be read: what journald keeps out of it, by its rate limit or its levels, is not noticed"
            : "nothing tells whether journald stores what it takes: its journal is not read, and it is not asked to synchronize"
    }
}
