/// Where audits arrive, and are kept account of.
package protocol Collector: Sendable {
    /// What the configuration of the program says of it, between braces.
    var definition: String { get }
    /// Everything that came, in order; what came twice stands there twice.
    var deliveries: [Delivery] { get throws }
    /// What a program delivers that starts from now on has a later position.
    var position: Int { get throws }
    /// Returns when all of these ids have come, or when the task is cancelled.
    func received(_ wanted: Set<String>) async throws
}

extension Collector {
    /// Of one that listens; what it refuses is tried again soon.
    static func tcp(_ port: Int) -> String { "type: tcp, address: \"127.0.0.1:\(port)\", retry: {first: 50ms, most: 200ms}" }
}

/// An audit that came.
package struct Delivery: Sendable {
    package let id: String
    package let position: Int

    /// `nil` for what is no whole audit.
    static func id(ofLine line: String) -> String? {
        guard line.hasPrefix("{\"id\":\""), line.hasSuffix("}") else { return nil }
        return String(line.dropFirst(7).prefix { $0 != "\"" })
    }
}
