import Engine
import Formats
import Logging
import NIOConcurrencyHelpers

/// Events as entries of systemd's journal, by its native protocol.
///
/// Guarantee by what is permitted, see `JournaldEvidence`: `durable` where the journal can be read. Then every audit is found in it before it is
/// acknowledged, so that one which journald keeps out (rate limit, levels, a full disk) is sent again until it is there, and the files are synced.
public struct JournaldOutput: Output {
    public let guarantee: Guarantee
    public let window = 1
    private let thread = BlockingThread()
    private let delivery: NIOLockedValueBox<JournaldDelivery>

    public init(settings: JournaldSettings, format: Format, logger: Logger) {
        let place = JournalPlace.system
        self.init(settings: settings, format: format, place: place, journal: SystemdJournal(place), logger: logger)
    }

    init(
        settings: JournaldSettings, format: Format, place: JournalPlace, journal: (any JournalReading)?,
        bounds: JournaldDelivery.Bounds = .init(), logger: Logger
    ) {
        let evidence = JournaldEvidence(settings.acknowledgement, at: place, canRead: journal != nil)
        guarantee = evidence.guarantee
        let fields = JournalFields(settings: settings, format: format)
        delivery = NIOLockedValueBox(JournaldDelivery(fields, evidence, place, journal, bounds, logger))
    }

    public func deliver(_ batch: Batch, answer: @escaping @Sendable (Answer) -> Void) async {
        do {
            let given = try await thread.run { thread in try delivery.withLockedValue { try $0.deliver(batch, on: thread) } }
            answer(given)
        } catch {
            answer(.refusedForNow(Refusal("journald: \(error)")))
        }
    }

    public func close() async { await thread.stop() }
}

extension JournaldSettings {
    /// What an acknowledgement of an output with these settings would rest on if it were made now.
    var evidence: JournaldEvidence { JournaldEvidence(acknowledgement, at: .system, canRead: SystemdLibrary.shared != nil) }
}
