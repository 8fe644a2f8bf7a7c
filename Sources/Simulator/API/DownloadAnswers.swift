import AuditCore

extension AuditService {
    /// 302 with the address of a file that holds the page. The real one evidently has no `Location`.
    func redirect(_ page: ResultsPage, _ audits: [Audit], _ exchange: Exchange, _ now: Instant) -> Answer {
        let id = withState(now) { state in
            let id = state.random.uuid().description
            state.downloads.add(audits, id: id, now: now)
            return id
        }
        let address = "http://\(exchange.authority)/downloads/\(id)?X-Amz-Expires=\(Downloads.lifetime.wholeMilliseconds / 1000)"
        var text = JSONText()
        page.write(to: &text)
        text.raw(#","downloadUrl":"#)
        text.string(address)
        text.raw("}")
        let answer = Answer(status: 302, text)
        return configuration.faults.contains(.redirectLocation) ? answer.with("Location", address) : answer
    }

    /// The file: a bare array. Like the storage behind presigned addresses it refuses a request with a second authorization.
    func download(_ id: String, _ exchange: Exchange, _ now: Instant) -> Answer {
        guard exchange.authorization == nil else {
            return AuditService.denied(403, "InvalidArgument", "Only one auth mechanism allowed")
        }
        guard let audits = withState(now, { $0.downloads.audits(of: id, now: now) }) else {
            return AuditService.denied(403, "AccessDenied", "Request has expired")
        }
        var text = JSONText(capacity: audits.count * AuditService.usualAuditBytes)
        write(audits, .download, to: &text)
        return Answer(text)
    }

    private static func denied(_ status: Int, _ code: String, _ message: String) -> Answer {
        let page = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>\(code)</Code><Message>\(message)</Message></Error>"
        return Answer(status: status, body: Array(page.utf8), contentType: "application/xml")
    }
}
