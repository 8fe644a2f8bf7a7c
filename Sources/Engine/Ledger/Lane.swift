/// What one series of queries reads: one service, or all of them where the API allows a query without `serviceName`, by one endpoint.
///
/// The endpoints are lanes of their own: the asynchronous one carries services that realtime lacks, and so time that one of them has covered
/// says nothing of the other.
public struct Lane: Hashable, Sendable {
    public enum Endpoint: String, Sendable, CaseIterable {
        /// Answers at once, reaches back 14 days, carries some of the services.
        case realtime
        /// Answers after a while, reaches back a year, carries all services.
        case asynchronous
    }

    /// The API's name of the service; `nil` for all services.
    public let service: String?
    public let endpoint: Endpoint

    public init(service: String?, endpoint: Endpoint = .realtime) {
        self.service = service
        self.endpoint = endpoint
    }

    /// All services of the realtime endpoint.
    public static let all = Lane(service: nil)

    /// Whether a complete reading of this lane shows everything that a complete reading of `other` would: every service of the realtime endpoint
    /// is one of the asynchronous endpoint.
    func carries(_ other: Lane) -> Bool {
        (endpoint == other.endpoint || endpoint == .asynchronous) && (service == nil || service == other.service)
    }
}

extension Lane: CustomStringConvertible {
    public var description: String {
        switch endpoint {
        case .realtime: service ?? "all"
        case .asynchronous: "\(service ?? "all") (asynchronous)"
        }
    }
}
