/// An event as a receiver has understood and stored it.
package struct StoredEvent: Sendable, Equatable {
    /// Everything that it told of the event, by its own names.
    package let fields: [String: JSONValue]
    /// The event's text: of a syslog message MSG, otherwise all of it.
    package let message: String

    package subscript(name: String) -> JSONValue? { fields[name] }
}
