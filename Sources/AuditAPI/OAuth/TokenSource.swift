import AuditCore

/// The one place that gets tokens. Requests which need one at the same time share one exchange with the login host.
actor TokenSource {
    struct Grant: Sendable {
        let token: Secret
        let number: Int
    }

    private let endpoints: Endpoints
    private let credentials: Credentials
    private let transport: any HTTPTransport
    private let timeout: Duration
    private let clock: APIClock
    private var renewal = TokenRenewal()
    private var waiting: [Int: CheckedContinuation<Void, any Error>] = [:]
    private var nextWaiter = 0

    init(
        _ endpoints: Endpoints, _ credentials: Credentials, _ transport: any HTTPTransport, timeout: Duration, clock: APIClock
    ) {
        self.endpoints = endpoints
        self.credentials = credentials
        self.transport = transport
        self.timeout = timeout
        self.clock = clock
    }

    /// A token to use now. Throws ``AuditAPIError``; a failed exchange fails all that waited for it.
    func grant() async throws -> Grant {
        while true {
            try Task.checkCancellation()
            switch renewal.decide(now: clock.now()) {
            case .use(let token, let number): return Grant(token: token, number: number)
            case .wait: try await waitForRenewal()
            case .renew: if let grant = try await renew() { return grant }
            }
        }
    }

    /// After a 401: the next `grant` gets a new token, unless that has happened already.
    func refused(_ grant: Grant) {
        renewal.refused(number: grant.number)
    }

    /// `nil` after success. A failure leaves the old token in use while it lives.
    private func renew() async throws -> Grant? {
        do {
            let response = try await transport.execute(TokenExchange.request(endpoints, credentials, timeout: timeout))
            renewal.renewed(try TokenExchange.token(response, credentials), now: clock.now())
            release(.success(()))
            return nil
        } catch {
            let fallback = renewal.failed(now: clock.now())
            // One caller's cancellation is not the others' failure: they ask again, and one of them renews.
            let isCancelled = error is CancellationError || (error as? AuditAPIError)?.kind == .cancelled
            release(isCancelled ? .success(()) : .failure(error))
            guard !isCancelled, case .use(let token, let number) = fallback else { throw error }
            return Grant(token: token, number: number)
        }
    }

    private func waitForRenewal() async throws {
        let waiter = nextWaiter
        nextWaiter += 1
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                if Task.isCancelled {
                    continuation.resume(throwing: CancellationError())
                } else {
                    waiting[waiter] = continuation
                }
            }
        } onCancel: {
            Task { await self.abandon(waiter) }
        }
    }

    /// How many requests wait for one renewal.
    var waitingCount: Int { waiting.count }

    private func abandon(_ waiter: Int) {
        waiting.removeValue(forKey: waiter)?.resume(throwing: CancellationError())
    }

    private func release(_ result: Result<Void, any Error>) {
        let all = waiting.values
        waiting = [:]
        for continuation in all { continuation.resume(with: result) }
    }
}
