import Glibc

/// A connection to journald's varlink socket, for the method `io.systemd.Journal.Synchronize`: what `journalctl --sync` calls.
///
/// Its answer comes when journald has gone through everything that was sent before. It says nothing of what journald kept out, and whether
/// everything is on disk depends on the version: for a long time the syncing was begun and not waited for, and since 258 it is not even begun for
/// a caller who is not root. That is what `JournalFiles` is for.
struct JournalSynchronization: Sendable {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    private let socket: LocalConnection

    /// Connects to the journald that is running, which has to show that it is by an answer: a journald that is started later then cannot answer for
    /// what this one lost.
    /// - Parameter path: of journald's varlink socket.
    init(connectingTo path: String, _ wait: inout BoundedWait) throws {
        do throws(SystemError) {
            socket = try LocalConnection(connectingTo: path, SOCK_STREAM)
        } catch {
            throw Failure(description: "cannot be asked to synchronize: \(error)")
        }
        // Most versions do not have the method, and say so.
        _ = try call(#"{"method":"org.varlink.service.GetInfo","parameters":{}}"#, &wait)
    }

    /// Returns when journald has answered that it is done. After an error the connection is of no more use.
    func run(_ wait: inout BoundedWait) throws {
        if let error = try call(#"{"method":"io.systemd.Journal.Synchronize","parameters":{}}"#, &wait) {
            throw Failure(description: "does not synchronize: \(error)")
        }
    }

    /// - Returns: the name of the error where the answer is one.
    private func call(_ text: String, _ wait: inout BoundedWait) throws -> String? {
        let call = Array(text.utf8) + [0]
        // A local stream takes so few bytes at once, or it takes nothing.
        guard send(socket.descriptor, call, call.count, Int32(MSG_NOSIGNAL)) == call.count else {
            throw Failure(description: "cannot be asked to synchronize: \(SystemError())")
        }
        switch VarlinkReply(try answer(&wait)) {
        case .done: return nil
        case .failed(let name): return name
        case .garbage: throw Failure(description: "its answer to synchronize is not understood")
        }
    }

    private func answer(_ wait: inout BoundedWait) throws -> [UInt8] {
        var answer: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 4096)
        while answer.count <= VarlinkReply.mostBytes {
            guard try wait.poll(socket.descriptor, Int32(POLLIN)) else {
                throw Failure(description: "does not answer to synchronize")
            }
            let count = try uninterrupted { recv(socket.descriptor, &block, block.count, 0) }
            guard count > 0 else { throw Failure(description: "broke off before it had synchronized") }
            answer += block[..<count]
            if let end = answer.firstIndex(of: 0) {
                // What follows an answer was not asked for.
                return end == answer.count - 1 ? Array(answer[..<end]) : []
            }
        }
        return []
    }
}
