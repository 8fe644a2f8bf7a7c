/// What a stream without answers takes as the receiver's acknowledgement.
public enum StreamAcknowledgement: String, Sendable, CaseIterable {
    /// The peer's kernel has the bytes, and the connection stayed sound. What a receiver had not read when it was killed is lost with it.
    case kernel
    /// The receiver closed the connection in order, which it does when it has read everything; so the connection is half closed
    /// every second for its sake, and opened anew.
    case close
}
