/// What came of a fault that was to be played.
enum PlayResult<Outcome: Sendable>: Sendable {
    case outcome(Outcome)
    /// This host lacks something for it.
    case missing(String)
    /// It went otherwise than its story says.
    case failure(String)

    init(unless missing: () async throws -> String?, play: () async throws -> Outcome) async {
        do {
            if let obstacle = try await missing() {
                self = .missing(obstacle)
            } else {
                self = .outcome(try await play())
            }
        } catch {
            self = .failure("\(error)")
        }
    }

    /// - Parameter judge: what is wrong with an outcome.
    func complaints(_ judge: (Outcome) -> [String]) -> [String] {
        switch self {
        case .outcome(let outcome): judge(outcome)
        case .missing: []
        case .failure(let text): [text]
        }
    }
}
