import Foundation

/// A service manager as a service sees it: a socket, and the time within which it wants signs of life.
package final class PlayedManager: Sendable {
    /// Much longer than a program needs on a machine that is busy.
    package static let watchdog = Duration.seconds(6)

    package let address: String
    /// Within what time it wants each sign of life.
    package let watchdog: Duration
    private let descriptor: Int32

    /// - Parameter address: a path, or `@` and an abstract name.
    package init(at address: String, watchdog: Duration = PlayedManager.watchdog) throws {
        self.address = address
        self.watchdog = watchdog
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
        var target = sockaddr_un()
        target.sun_family = sa_family_t(AF_UNIX)
        var name = [UInt8](address.utf8)
        if address.hasPrefix("@") { name[0] = 0 }
        withUnsafeMutableBytes(of: &target.sun_path) { $0.copyBytes(from: name) }
        let descriptor = descriptor
        let length = socklen_t(MemoryLayout<sa_family_t>.size + name.count)
        let code = withUnsafePointer(to: &target) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, length) }
        }
        guard code == 0 else { throw POSIXError(.init(rawValue: errno) ?? .EIO) }
    }

    deinit { close(descriptor) }

    package var variables: [String: String] {
        ["NOTIFY_SOCKET": address, "WATCHDOG_USEC": "\(watchdog.components.seconds * 1_000_000)"]
    }

    /// The next message; `nil` where none waits to be read.
    package func take() -> String? {
        var block = [UInt8](repeating: 0, count: 4096)
        let count = recv(descriptor, &block, block.count, 0)
        return count < 0 ? nil : String(decoding: block.prefix(count), as: UTF8.self)
    }

    /// - Returns: what was said up to the first message that is wanted, and with it; throws when the test has run out of time.
    @discardableResult
    package func messages(until isWanted: (String) -> Bool) async throws -> [String] {
        var messages: [String] = []
        while true {
            while let message = take() {
                messages.append(message)
                if isWanted(message) { return messages }
            }
            // How often it is looked at; nothing depends on it.
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    /// Returns when it would have ended the service: no sign of life has come for the time that it allows.
    /// - Returns: what else was said.
    package func expired() async throws -> [String] {
        var messages: [String] = []
        var last = ContinuousClock.now
        while ContinuousClock.now - last < watchdog {
            while let message = take() {
                if message == "WATCHDOG=1" { last = .now } else { messages.append(message) }
            }
            try await Task.sleep(for: .milliseconds(20))
        }
        return messages
    }
}
