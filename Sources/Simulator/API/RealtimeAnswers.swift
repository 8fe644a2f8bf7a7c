import AuditCore

extension AuditService {
    static let standardPageSize = 25
    static let mostPageSize = 500
    /// What is reserved for one audit of a page.
    static let usualAuditBytes = 1200

    func realtimeQuery(_ exchange: Exchange, _ now: Instant) throws(Refusal) -> Answer {
        let body = try exchange.decode(QueryBody.self)
        let isExpanded = try exchange.isExpanded()
        if configuration.faults.contains(.serviceNameRequired), body.serviceName == nil {
            throw .badRequest("serviceName is required.")
        }
        let query = try rules.query(body, now: now, retention: QueryRules.realtimeRetention, longestSpan: nil)
        let (number, size) = try page(body)
        if let span = configuration.faults.duration(.timeout504, "span"), query.end - query.start > span { throw .timedOut }
        let (audits, total) = found(query, number, size, now)
        if let most = configuration.faults.number(.tooLarge, "results"), total > most { throw .responseTooLarge }
        var text = JSONText(capacity: audits.count * AuditService.usualAuditBytes + 200)
        text.raw(#"{"entities":"#)
        write(audits, .answer(expanded: isExpanded), to: &text)
        text.raw(#","pageSize":\#(size),"pageNumber":\#(number),"total":\#(total),"pageCount":\#((total + size - 1) / size)}"#)
        return Answer(text)
    }

    private func page(_ body: QueryBody) throws(Refusal) -> (number: Int, size: Int) {
        let number = body.pageNumber ?? 1
        guard number >= 1 else { throw .invalidValue(String(number), "pageNumber", allowed: "1 and more") }
        return (number, try pageSize(body.pageSize))
    }

    func pageSize(_ wanted: Int?) throws(Refusal) -> Int {
        let size = wanted ?? AuditService.standardPageSize
        let most = min(AuditService.mostPageSize, configuration.faults.number(.pageSizeLimit, "size") ?? .max)
        guard (1...most).contains(size) else { throw .invalidValue(String(size), "pageSize", allowed: "1 to \(most)") }
        return size
    }

    private func found(_ query: AuditQuery, _ number: Int, _ size: Int, _ now: Instant) -> (audits: [Audit], total: Int) {
        withState(now) { state in
            var (audits, total) = state.archive.realtimePage(query, number: number, size: size)
            if configuration.faults.contains(.duplicate), number > 1, !audits.isEmpty {
                audits.insert(
                    contentsOf: state.archive.realtimePage(query, number: number - 1, size: size).audits.suffix(1), at: 0)
            }
            // After the page was cut, so that the next one of the same interval is cut from more.
            if !audits.isEmpty, total > number * size {
                state.record(state.archive.release(from: query.start, to: query.end, now: now))
            }
            return (audits, total)
        }
    }

    func relatedQuery(_ exchange: Exchange, _ now: Instant) throws(Refusal) -> Answer {
        let body = try exchange.decode(RelatedBody.self)
        let isExpanded = try exchange.isExpanded()
        guard let id = body.auditId, !id.isEmpty else {
            throw Refusal(400, "constraint.validation", "auditId must not be null")
        }
        let isDescending = try rules.isDescending(body.sort)
        guard let audits = withState(now, { $0.archive.related(to: AuditID(id), isDescending: isDescending) }) else {
            throw .notFound
        }
        var text = JSONText(capacity: audits.count * AuditService.usualAuditBytes + 200)
        text.raw(#"{"entities":"#)
        write(audits, .answer(expanded: isExpanded), to: &text)
        text.raw("}")
        return Answer(text)
    }
}
