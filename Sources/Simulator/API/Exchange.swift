/// A request, as far as the simulator looks at it.
struct Exchange: Sendable {
    var method = "GET"
    var path = "/"
    /// Decoded, in the order of the request.
    var query: [(name: String, value: String)] = []
    /// The `Host` of the request.
    var authority = ""
    var authorization: String?
    var contentType: String?
    var body: [UInt8] = []
    /// Whether the body was longer than what is read of one.
    var isOversize = false

    func values(_ name: String) -> [String] { query.filter { $0.name == name }.map(\.value) }
}

/// What goes back.
struct Answer: Sendable {
    var status: Int
    var headers: [(name: String, value: String)] = []
    var contentType: String? = "application/json"
    var body: [UInt8] = []

    init(status: Int, body: [UInt8], contentType: String? = "application/json") {
        self.status = status
        self.body = body
        self.contentType = contentType
    }

    init(status: Int = 200, _ text: JSONText) { self.init(status: status, body: text.bytes) }

    func with(_ name: String, _ value: String) -> Answer {
        var copy = self
        copy.headers.append((name, value))
        return copy
    }
}

/// An answer, and what faults do on its way.
struct Reply: Sendable {
    var answer: Answer
    var damage: Interference.Damage?
    var delay: Duration?
}
