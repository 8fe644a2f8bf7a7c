import AuditCore

extension AuditService {
    func createQuery(_ exchange: Exchange, _ now: Instant) throws(Refusal) -> Answer {
        let body = try exchange.decode(QueryBody.self)
        let query = try rules.query(
            body, now: now, retention: QueryRules.asynchronousRetention, longestSpan: QueryRules.longestAsynchronousSpan)
        let transaction = withState(now) { state in
            let transaction = Transactions.Transaction(
                id: state.random.uuid(), created: now, fate: AuditService.fate(&state.counters),
                audits: state.archive.snapshot(query), echo: AuditService.echo(body))
            state.transactions.add(transaction)
            return transaction
        }
        return status(of: transaction, now)
    }

    func queryStatus(_ id: String, _ now: Instant) throws(Refusal) -> Answer {
        status(of: try transaction(id, now), now)
    }

    func queryResults(_ id: String, _ exchange: Exchange, _ now: Instant) throws(Refusal) -> Answer {
        let transaction = try transaction(id, now)
        let isExpanded = try exchange.isExpanded()
        let allowsRedirect = try flag(exchange, "allowRedirect")
        let size = try resultsPageSize(exchange)
        guard transaction.state(now: now, delay: configuration.asynchronousDelay) == "Succeeded" else {
            throw .badRequest("The results of the query are not available.")
        }
        let offset = try offset(exchange, transaction, now)
        let next = min(transaction.audits.count, offset + size)
        var audits = Array(transaction.audits[offset..<next])
        if configuration.faults.contains(.duplicate), offset > 0 { audits.insert(transaction.audits[offset - 1], at: 0) }
        let page = ResultsPage(
            id: transaction.id, size: size, cursor: next < transaction.audits.count ? transaction.cursor(at: next) : nil)
        var text = JSONText(capacity: audits.count * AuditService.usualAuditBytes + 200)
        page.write(to: &text)
        text.raw(#","entities":"#)
        write(audits, .answer(expanded: isExpanded), to: &text)
        text.raw("}")
        guard text.bytes.count > pageByteLimit else { return Answer(text) }
        guard allowsRedirect else { throw .responseTooLarge }
        return redirect(page, audits, exchange, now)
    }

    private var pageByteLimit: Int {
        min(configuration.pageByteLimit, configuration.faults.number(.largePages, "bytes") ?? .max)
    }

    private func transaction(_ id: String, _ now: Instant) throws(Refusal) -> Transactions.Transaction {
        guard let transaction = withState(now, { $0.transactions[AuditID(id)] }) else { throw .notFound }
        return transaction
    }

    private func status(of transaction: Transactions.Transaction, _ now: Instant) -> Answer {
        let state = transaction.state(now: now, delay: configuration.asynchronousDelay)
        var text = JSONText(capacity: 400)
        text.raw(#"{"id":""#)
        text.id(transaction.id)
        text.raw(#"","state":""#)
        text.raw(state)
        text.raw(#"","startDate":""#)
        text.raw(transaction.created.text)
        text.raw(#"""#)
        text.raw(transaction.echo)
        text.raw("}")
        return Answer(status: state == "Queued" || state == "Running" ? 202 : 200, text)
    }

    private func offset(
        _ exchange: Exchange, _ transaction: Transactions.Transaction, _ now: Instant
    ) throws(Refusal) -> Int {
        guard let cursor = exchange.values("cursor").first, !cursor.isEmpty else { return 0 }
        let isRefused = withState(now) { $0.counters.hits(.cursorRefused) }
        guard !isRefused, let offset = transaction.offset(of: cursor) else {
            throw .invalidParameter(cursor, "cursor", allowed: "the cursor of the page before")
        }
        return offset
    }

    private func resultsPageSize(_ exchange: Exchange) throws(Refusal) -> Int {
        guard let text = exchange.values("pageSize").first else { return try pageSize(nil) }
        guard let size = Int(text) else { throw .invalidParameter(text, "pageSize", allowed: "1 to 500") }
        return try pageSize(size)
    }

    private func flag(_ exchange: Exchange, _ name: String) throws(Refusal) -> Bool {
        switch exchange.values(name).first?.lowercased() {
        case nil, "false": false
        case "true": true
        case let value?: throw .invalidParameter(value, name, allowed: "true, false")
        }
    }

    private static func fate(_ counters: inout InterferenceCounters) -> Transactions.Fate {
        var fate = Transactions.Fate.succeeds
        if counters.hits(.cancelledQuery) { fate = .isCancelled }
        if counters.hits(.failedQuery) { fate = .fails }
        if counters.hits(.stuckRunning) { fate = .runsForEver }
        if counters.hits(.vanishedQuery) { fate = .vanishes }
        return fate
    }

    /// What the status repeats of the request.
    private static func echo(_ body: QueryBody) -> [UInt8] {
        var text = JSONText()
        if let interval = body.interval {
            text.raw(#","interval":"#)
            text.string(interval)
        }
        if let name = body.serviceName {
            text.raw(#","serviceName":"#)
            text.string(name)
        }
        pairs("filters", (body.filters ?? []).map { [("property", $0.property), ("value", $0.value)] }, &text)
        pairs("sort", (body.sort ?? []).map { [("name", $0.name), ("sortOrder", spelled($0.sortOrder))] }, &text)
        return text.bytes
    }

    private static func spelled(_ order: String) -> String { order.lowercased().hasPrefix("asc") ? "ascending" : "descending" }

    private static func pairs(_ name: String, _ objects: [[(String, String)]], _ text: inout JSONText) {
        guard !objects.isEmpty else { return }
        text.raw(",\"\(name)\":[")
        for (index, object) in objects.enumerated() {
            text.raw(index == 0 ? "{" : ",{")
            for (index, (key, value)) in object.enumerated() {
                text.raw(index == 0 ? "\"\(key)\":" : ",\"\(key)\":")
                text.string(value)
            }
            text.raw("}")
        }
        text.raw("]")
    }
}

/// The members that every results answer begins with; the closing brace is the caller's.
struct ResultsPage {
    let id: AuditID
    let size: Int
    /// Absent on the last page.
    let cursor: String?

    func write(to text: inout JSONText) {
        text.raw(#"{"id":""#)
        text.id(id)
        text.raw(#"","pageSize":\#(size)"#)
        if let cursor {
            text.raw(#","cursor":"#)
            text.string(cursor)
        }
    }
}
