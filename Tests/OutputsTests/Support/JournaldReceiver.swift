import CSupport
import EngineTesting
import Glibc
import NIOConcurrencyHelpers

@testable import Outputs

/// journald's two sockets in this process: takes entries as journald does, one by one, and answers to synchronize when there are none left.
/// Also the journal that it makes.
final class JournaldReceiver: JournalReading, Sendable {
    /// What it does when it is asked to synchronize.
    enum Synchronization: Sendable, Equatable {
        case answers
        /// Bytes of any kind.
        case says([UInt8])
        case isSilent
        case breaksOff
    }

    struct Unusable: Error {}

    private struct State {
        var conduct = ReceiverConduct.takesEverything
        var synchronization = Synchronization.answers
        var entries: [WireEntry] = []
        var torn = 0
        var drops: (@Sendable (Int) -> Bool)?
        var received = 0
        var isEnding = false
    }

    private let directory: TemporaryDirectory
    private let state = NIOLockedValueBox(State())
    private let wake: (reader: Int32, writer: Int32)
    private let thread = NIOLockedValueBox<Task<Void, Never>?>(nil)

    init() throws {
        directory = try TemporaryDirectory()
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { throw Unusable() }
        wake = (ends[0], ends[1])
    }

    deinit { for end in [wake.reader, wake.writer] { close(end) } }

    var place: JournalPlace {
        JournalPlace(
            socket: directory.file("socket"), synchronizeSocket: directory.file("calls"),
            persistentDirectory: directory.file("persistent"), volatileDirectory: directory.file("volatile"))
    }

    /// Every entry that came into the journal, in order.
    var entries: [WireEntry] { state.withLockedValue { $0.entries } }
    /// How many entries were taken, in the journal or not.
    var received: Int { state.withLockedValue { $0.received } }
    /// How many datagrams were no entry.
    var torn: Int { state.withLockedValue { $0.torn } }

    /// Which entries, counted from 0 over all that are taken, do not come into the journal.
    func drop(_ drops: (@Sendable (Int) -> Bool)?) { state.withLockedValue { $0.drops = drops } }
    func synchronize(_ synchronization: Synchronization) { state.withLockedValue { $0.synchronization = synchronization } }

    func start(_ conduct: ReceiverConduct) throws {
        state.withLockedValue {
            $0.conduct = conduct
            $0.isEnding = false
        }
        let sockets = try JournaldSockets(place)
        let blocking = BlockingThread()
        thread.withLockedValue {
            $0 = Task {
                try? await blocking.run { _ in self.takeEverything(sockets) }
                await blocking.stop()
            }
        }
    }

    /// Takes what has come, and ends.
    func finish() async {
        state.withLockedValue { $0.isEnding = true }
        _ = write(wake.writer, [0], 1)
        await thread.withLockedValue { $0 }?.value
    }

    func places(of token: String) -> Set<Int> {
        Set(entries.filter { $0["AUDITFERRY_BATCH"] == [token] }.compactMap { $0["AUDITFERRY_PLACE"].first.flatMap { Int($0) } })
    }

    func dropped(of unit: String, since start: UInt64) -> (count: Int, last: UInt64) { (0, start) }

    private func takeEverything(_ opened: JournaldSockets) {
        var sockets = opened
        var taken = 0
        while true {
            let (conduct, isEnding) = state.withLockedValue { ($0.conduct, $0.isEnding) }
            switch sockets.next(wake.reader, isHeld: conduct == .stalls && !isEnding) {
            case .entry(let bytes):
                note(bytes)
                taken += bytes.count
                guard case .breaksOff(let most) = conduct, taken > most else { continue }
                state.withLockedValue { $0.conduct = .takesEverything }
                // What is on its way goes with the sockets.
                sockets.close()
                guard let again = try? JournaldSockets(place) else { return }
                sockets = again
            case .call(let socket, let call):
                if !answer(call, socket) { sockets.hangUp(socket) }
            case .woken:
                guard state.withLockedValue({ $0.isEnding }) else { continue }
                while let bytes = sockets.waitingEntry() { note(bytes) }
                return sockets.close()
            }
        }
    }

    private func note(_ bytes: [UInt8]) {
        // journald passes over an empty datagram.
        if bytes.isEmpty { return }
        let entry = WireEntry(bytes)
        state.withLockedValue { state in
            guard let entry else { return state.torn += 1 }
            if state.drops?(state.received) != true { state.entries.append(entry) }
            state.received += 1
        }
    }

    /// - Returns: whether the connection stays.
    private func answer(_ call: String, _ socket: Int32) -> Bool {
        var said = Array(#"{"error":"org.varlink.service.MethodNotImplemented","parameters":{"method":"m"}}"#.utf8) + [0]
        if call.contains("io.systemd.Journal.Synchronize") {
            switch state.withLockedValue({ $0.synchronization }) {
            case .answers: said = Array(#"{"parameters":{}}"#.utf8) + [0]
            case .says(let bytes): said = bytes
            case .isSilent: return true
            case .breaksOff: return false
            }
        }
        return send(socket, said, said.count, Int32(MSG_NOSIGNAL)) == said.count
    }
}
