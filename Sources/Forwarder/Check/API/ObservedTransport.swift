import AuditAPI
import AuditCore
import NIOConcurrencyHelpers

/// Notes what answers say beside their bodies.
final class ObservedTransport: HTTPTransport {
    struct Observation: Sendable {
        /// By how much the API's clock is ahead of this machine's.
        var skew: Duration?
        /// What the API's clock showed.
        var serverDate: Instant?
        var rateLimit: RateLimit?
    }

    private let base: any HTTPTransport
    private let noted = NIOLockedValueBox(Observation())

    init(_ base: any HTTPTransport) { self.base = base }

    /// Of the latest answers that said something.
    var observation: Observation { noted.withLockedValue { $0 } }

    func execute(_ request: APIRequest) async throws -> APIResponse {
        let (start, begun) = (ContinuousClock.now, Instant.localNow)
        let response = try await base.execute(request)
        note(response.metadata, request.endpoint, at: begun + (ContinuousClock.now - start) / 2)
        return response
    }

    func stream(_ request: APIRequest) async throws -> APIStream {
        let (start, begun) = (ContinuousClock.now, Instant.localNow)
        let stream = try await base.stream(request)
        note(stream.response.metadata, request.endpoint, at: begun + (ContinuousClock.now - start) / 2)
        return stream
    }

    private func note(_ metadata: ResponseMetadata, _ endpoint: Endpoint, at middle: Instant) {
        guard endpoint != .download else { return }
        noted.withLockedValue { noted in
            // The login host is another machine, and its clock is not the one that windows are made from.
            if endpoint != .token, let date = metadata.serverDate {
                noted.serverDate = date
                noted.skew = metadata.clockSkew(at: middle)
            }
            noted.rateLimit = metadata.rateLimit ?? noted.rateLimit
        }
    }
}
