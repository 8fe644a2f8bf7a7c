import AuditCore
import FoundationEssentials

/// An OAuth client of the organization with the grant "client credentials". Its roles need the permission `audits:audit:view`.
public struct Credentials: Sendable, Equatable {
    public let clientID: String
    public let secret: Secret

    public init(clientID: String, secret: Secret) {
        self.clientID = clientID
        self.secret = secret
    }

    /// RFC 7617 section 2; for the login host alone.
    var authorization: String {
        "Basic " + Data("\(clientID):\(secret.reveal())".utf8).base64EncodedString()
    }
}
