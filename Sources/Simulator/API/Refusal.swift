import AuditCore

/// An answer that is an `ErrorBody` of the API reference, section 10; the codes are those declared for the audit operations.
struct Refusal: Error, Sendable, Equatable {
    let status: Int
    let code: String
    let message: String
    var parameters: [String: String] = [:]
    var limit: (key: String, value: Int)?
    /// Whole seconds for `Retry-After`.
    var retryAfter: Int?

    init(_ status: Int, _ code: String, _ message: String, parameters: [String: String] = [:]) {
        self.status = status
        self.code = code
        self.message = message
        self.parameters = parameters
    }

    static func == (left: Refusal, right: Refusal) -> Bool {
        left.status == right.status && left.code == right.code && left.message == right.message
    }

    static func badRequest(_ message: String) -> Refusal { Refusal(400, "bad.request", message) }

    static func invalidParameter(_ value: String, _ name: String, allowed: String) -> Refusal {
        Refusal(
            400, "invalid.query.param.value",
            "Value [\(value)] is not valid for parameter [\(name)]. Allowable values are: \(allowed)",
            parameters: ["value": value, "parameter": name])
    }

    static func invalidValue(_ value: String, _ field: String, allowed: String) -> Refusal {
        Refusal(
            400, "invalid.value", "Value [\(value)] is not valid for field type [\(field)]. Allowable values are: \(allowed)",
            parameters: ["value": value, "field": field])
    }

    static let invalidDate = Refusal(
        400, "invalid.date", "Dates must be specified as ISO-8601 strings. For example: yyyy-MM-ddTHH:mm:ss.SSSZ")
    static let responseTooLarge = Refusal(
        400, "response.entity.too.large",
        "The response is over the size limit. Reduce pageSize or expand list to reduce response size if applicable")
    static let noToken = Refusal(
        401, "authentication.required", "No authentication bearer token specified in authorization header.")
    static let badToken = Refusal(401, "bad.credentials", "Invalid login credentials.")
    static let forbidden = Refusal(
        403, "missing.permissions",
        "Unable to perform the requested action. You are missing the following permission(s): audits:audit:view",
        parameters: ["permissions": "audits:audit:view"])
    static let notFound = Refusal(404, "not.found", "The requested resource was not found.")
    static let methodNotAllowed = Refusal(405, "method.not.allowed", "The method is not allowed for the requested resource.")
    static let unsupportedMedia = Refusal(
        415, "unsupported.media.type",
        "Unsupported Media Type - Unsupported or incorrect media type, such as an incorrect Content-Type value in the header.")
    static let internalError = Refusal(
        500, "internal.server.error",
        "The server encountered an unexpected condition which prevented it from fulfilling the request.")
    static let timedOut = Refusal(504, "request.timeout", "The request timed out.")

    static func requestTooLarge(_ most: Int) -> Refusal {
        Refusal(413, "request.entity.too.large", "The request is over the size limit. Maximum bytes: \(most)")
    }

    /// - Parameter window: the seconds in which so many are allowed; the answer does not say when it may be tried again.
    static func tooManyRequests(_ allowed: Int, window: Int) -> Refusal {
        Refusal(
            429, "too.many.requests", "Rate limit exceeded the maximum [\(allowed)] requests within [\(window)] seconds",
            parameters: ["limit": String(allowed)])
    }

    /// - Parameter seconds: until it may be tried again.
    static func tooManyRequests(_ allowed: Int, seconds: Int) -> Refusal {
        var refusal = Refusal(
            429, "too.many.requests.retry.after", "Rate limit exceeded the maximum. Retry the request in [\(seconds)] seconds",
            parameters: ["retryAfter": String(seconds)])
        refusal.limit = ("client.credentials.token.rate.per.minute", allowed)
        refusal.retryAfter = seconds
        return refusal
    }

    /// - Parameter context: the correlation id of the request.
    func answer(context: AuditID) -> Answer {
        var text = JSONText(capacity: 400)
        text.raw(#"{"message":"#)
        text.string(message)
        text.raw(#","code":"#)
        text.string(code)
        text.raw(#","status":"#)
        text.raw(String(status))
        text.raw(#","messageParams":{"#)
        for (index, parameter) in parameters.sorted(by: { $0.key < $1.key }).enumerated() {
            if index > 0 { text.raw(",") }
            text.string(parameter.key)
            text.raw(":")
            text.string(parameter.value)
        }
        text.raw(#"},"contextId":""#)
        text.id(context)
        text.raw(#"","details":[],"errors":[]"#)
        if let limit {
            text.raw(#","limit":{"key":"#)
            text.string(limit.key)
            text.raw(#","namespace":"platform.api","value":"#)
            text.raw(String(limit.value))
            text.raw("}")
        }
        text.raw("}")
        let answer = Answer(status: status, text)
        return retryAfter.map { answer.with("Retry-After", String($0)) } ?? answer
    }
}
