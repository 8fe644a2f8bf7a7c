import Engine

/// What one tail is put together from.
struct TailEdges: Sendable {
    var source: any AuditSource
    var store: any Store
    var output: any Output
    var deadLetters: any DeadLetters
    var observer: any TailObserver

    /// The same, with everything that happens at them told to `telemetry`; as they are where that is `nil`.
    func measured(by telemetry: Telemetry?, for name: String) -> TailEdges {
        guard let telemetry else { return self }
        telemetry.began(name)
        return TailEdges(
            source: WatchedSource(base: source, output: name, telemetry: telemetry),
            store: MeasuredStore(base: store, telemetry: telemetry),
            output: MeasuredOutput(base: output, name: name, telemetry: telemetry),
            deadLetters: CountedDeadLetters(base: deadLetters, output: name, telemetry: telemetry),
            observer: BothObservers(first: observer, second: telemetry))
    }
}
