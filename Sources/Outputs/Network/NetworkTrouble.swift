/// What is known to go wrong with connections: in the words of every message, and what to do about it.
struct NetworkTrouble: Sendable {
    let reason: String
    let remedy: String

    static let noAnswer = NetworkTrouble(
        reason: "no answer to the connection attempt",
        remedy: "correct the address, or let connections there through the firewall")
    static let noHandshake = NetworkTrouble(
        reason: "the collector does not answer the TLS handshake",
        remedy: "see that the port is one for TLS, and that the receiver is not overloaded")
    static let closed = NetworkTrouble(
        reason: "the connection was closed",
        remedy: "the receiver's own log says why it closes; see that the address is the right one")
    static let otherHost = NetworkTrouble(
        reason: "the collector's certificate is not for this host; name the one that it is for, as 'server_name'",
        remedy: "set 'tls.server_name' to a name in the receiver's certificate, or correct the address")

    private static let ownCertificate =
        "set 'tls.certificate_file' and 'tls.private_key_file' to a certificate of an authority that the receiver trusts"

    /// With what stands in the TLS library's account of each.
    static let ofTLS: [(sign: String, trouble: NetworkTrouble)] = [
        (
            "CERTIFICATE_VERIFY_FAILED",
            NetworkTrouble(
                reason: "the collector's certificate is not trusted",
                remedy:
                    "set 'tls.ca_file' to the certificate of the authority that made the receiver's; see that neither has expired"
            )
        ),
        (
            "TLSV1_ALERT_UNKNOWN_CA",
            NetworkTrouble(reason: "the collector does not trust our certificate", remedy: ownCertificate)
        ),
        ("CERTIFICATE_REQUIRED", NetworkTrouble(reason: "the collector wants a certificate of ours", remedy: ownCertificate)),
        ("BAD_CERTIFICATE", NetworkTrouble(reason: "the collector refuses our certificate", remedy: ownCertificate)),
        ("ACCESS_DENIED", NetworkTrouble(reason: "the collector refuses our certificate", remedy: ownCertificate)),
        (
            "HANDSHAKE_FAILURE",
            NetworkTrouble(
                reason: "the collector refuses the handshake, for want of a certificate perhaps", remedy: ownCertificate)
        ),
        (
            "WRONG_VERSION_NUMBER",
            NetworkTrouble(reason: "the collector does not speak TLS", remedy: "correct the port, or leave 'tls' out")
        ),
        (
            "PROTOCOL_VERSION",
            NetworkTrouble(
                reason: "the collector has no TLS version in common with us",
                remedy: "let the receiver speak TLS 1.2 or 1.3, or lower 'tls.minimum_version'")
        ),
        (
            "eofDuringHandshake",
            NetworkTrouble(
                reason: "the collector closed the connection in it",
                remedy: "see that the port is one for TLS; the receiver's own log says why it closes")
        ),
    ]

    /// In the words of the system, of its name service, and of RELP.
    private static let others = [
        NetworkTrouble(reason: "connection refused", remedy: "start the receiver there, or correct the address"),
        NetworkTrouble(
            reason: "cannot be resolved", remedy: "correct the name, or this machine's name service"),
        NetworkTrouble(reason: "no route to host", remedy: noAnswer.remedy),
        NetworkTrouble(reason: "network is unreachable", remedy: noAnswer.remedy),
        NetworkTrouble(reason: "connection timed out", remedy: noAnswer.remedy),
        NetworkTrouble(reason: "does not speak RELP", remedy: "correct the port: it is one of another protocol"),
        NetworkTrouble(
            reason: "the collector does not answer",
            remedy: "see that the port is one for RELP, and that the receiver is not overloaded"),
    ]

    /// What to do about a reason that `NetworkFailure` gave.
    static func remedy(for reason: String) -> String {
        let known = ofTLS.map(\.trouble) + [noAnswer, noHandshake, otherHost] + others
        return (known.first { reason.contains($0.reason) } ?? closed).remedy
    }
}
