import Glibc

extension JournaldSettings {
    /// Nothing is written to the journal.
    /// - Parameter canRead: whether libsystemd is there.
    func probe(at place: JournalPlace, canRead: Bool = SystemdLibrary.shared != nil) async -> OutputProbe {
        let evidence = JournaldEvidence(acknowledgement, at: place, canRead: canRead)
        if let failure = await JournaldSettings.failure(at: place, evidence) {
            return OutputProbe(
                "journald", .failed, "\(failure)",
                hint: "see that systemd-journald runs, and that this user may write to its socket")
        }
        if evidence.reads, !(canRead && place.isReadable) {
            return OutputProbe(
                "journald", .failed,
                canRead ? "the journal may not be read" : "the journal cannot be read: there is no libsystemd",
                hint: canRead
                    ? "give this user the group 'systemd-journal', or set 'acknowledgement: auto'"
                    : "install libsystemd, or set 'acknowledgement: auto'")
        }
        return OutputProbe("journald", .sound, "takes entries; \(evidence.account)")
    }

    private static func failure(at place: JournalPlace, _ evidence: JournaldEvidence) async -> (any Error)? {
        let thread = BlockingThread()
        let result: Result<Void, any Error>
        do { result = .success(try await thread.run { try meet(place, evidence, $0) }) } catch { result = .failure(error) }
        await thread.stop()
        if case .failure(let error) = result { return error }
        return nil
    }

    private static func meet(_ place: JournalPlace, _ evidence: JournaldEvidence, _ thread: BlockingThread) throws {
        do throws(SystemError) {
            _ = try JournalSocket(connectingTo: place.socket)
        } catch {
            throw JournaldDelivery.Unreachable(description: "its socket '\(place.socket)': \(error)")
        }
        guard evidence.synchronizes else { return }
        var wait = BoundedWait(.seconds(10), on: thread)
        _ = try JournalSynchronization(connectingTo: place.synchronizeSocket, &wait)
    }
}

extension JournaldEvidence {
    /// What tells that journald has an audit.
    var account: String {
        switch (reads, synchronizes) {
        case (true, _): syncs ? "the journal can be read back, and its files synced" : "the journal can be read back"
        case (false, true): "it can be asked to synchronize"
        case (false, false): "nothing tells what it stores"
        }
    }
}
