/// Who waits for which work, where equal work that is under way is done once.
public struct Flights<Key: Hashable & Sendable, Waiter: Sendable>: Sendable {
    /// What a caller that goes leaves behind.
    public enum Departure {
        /// It did not wait: it had not joined, or its work is done or was given up.
        case absent
        /// Others wait on; it need not.
        case gone(Waiter)
        /// Nobody else waits: the work may end, nobody joins it any more, and this caller still gets what it returns.
        case last(flight: Int)
    }

    private struct Flight {
        let key: Key
        /// In the order of their coming.
        var waiters: [(caller: Int, waiter: Waiter)]
    }

    private var lastFlight = 0
    private var flights: [Int: Flight] = [:]
    /// Those that can be joined.
    private var open: [Key: Int] = [:]

    public init() {}

    /// - Parameter caller: a number of its own.
    /// - Returns: the flight that has to begin; `nil` where equal work is under way.
    public mutating func join(_ key: Key, _ caller: Int, _ waiter: Waiter) -> Int? {
        if let flight = open[key] {
            flights[flight]?.waiters.append((caller, waiter))
            return nil
        }
        lastFlight += 1
        flights[lastFlight] = Flight(key: key, waiters: [(caller, waiter)])
        open[key] = lastFlight
        return lastFlight
    }

    /// The work is done: who gets its result.
    public mutating func land(_ number: Int) -> [Waiter] {
        guard let flight = flights.removeValue(forKey: number) else { return [] }
        if open[flight.key] == number { open[flight.key] = nil }
        return flight.waiters.map { $0.waiter }
    }

    public mutating func leave(_ key: Key, _ caller: Int) -> Departure {
        guard let number = open[key], let flight = flights[number],
            let place = flight.waiters.firstIndex(where: { $0.caller == caller })
        else { return .absent }
        if flight.waiters.count > 1, let left = flights[number]?.waiters.remove(at: place) { return .gone(left.waiter) }
        open[key] = nil
        return .last(flight: number)
    }

    /// How many wait for this work.
    public func callers(of key: Key) -> Int { open[key].flatMap { flights[$0]?.waiters.count } ?? 0 }
}
