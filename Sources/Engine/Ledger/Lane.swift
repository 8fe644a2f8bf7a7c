/// What one series of queries reads: one service, or all of them where the API allows a query without `serviceName`.
public struct Lane: Hashable, Sendable {
    /// The API's name of the service; `nil` for all services.
    public let service: String?

    public init(service: String?) { self.service = service }

    public static let all = Lane(service: nil)
}

extension Lane: CustomStringConvertible {
    public var description: String { service ?? "all" }
}
