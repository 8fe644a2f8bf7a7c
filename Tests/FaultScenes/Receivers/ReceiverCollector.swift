/// A receiver as the program's configuration names it.
package struct ReceiverCollector: Collector {
    let receiver: any Receiver
    package let definition: String

    /// - Parameter definition: the output that delivers to it, between braces.
    package init(_ receiver: any Receiver, definition: String) {
        self.receiver = receiver
        self.definition = definition
    }

    package var deliveries: [Delivery] { receiver.deliveries }
    package var position: Int { receiver.position }
    package func received(_ wanted: Set<String>) async throws { try await receiver.received(wanted) }
}
