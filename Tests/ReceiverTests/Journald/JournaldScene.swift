import AuditCore
import Engine
import EngineTesting
import FaultScenes
import Foundation
import Logging

@testable import Outputs

/// An output that delivers to a journald of the test's own.
struct JournaldScene: Sendable {
    let journald: Journald
    let output: JournaldOutput
    /// Like the first, with bounds of its own.
    let makeOutput: @Sendable (JournaldDelivery.Bounds) -> JournaldOutput
    let book = AnswerBook()

    init(
        _ options: [String] = [], _ acknowledgement: JournaldAcknowledgement = .auto, reads: Bool = true,
        bounds: JournaldDelivery.Bounds = .init(), isStarted: Bool = true
    ) async throws {
        journald = try await Journald(options)
        if isStarted { try await journald.start() }
        var settings = JournaldSettings()
        settings.acknowledgement = acknowledgement
        let place = JournalPlace(
            socket: "\(journald.root)/run/systemd/journal/socket",
            synchronizeSocket: "\(journald.root)/run/systemd/journal/io.systemd.journal",
            persistentDirectory: "\(journald.root)/var/log/journal/\(journald.machine)",
            volatileDirectory: "\(journald.root)/run/log/journal/\(journald.machine)")
        makeOutput = { [settings] bounds in
            JournaldOutput(
                settings: settings, format: .json, place: place, journal: reads ? SystemdJournal(place) : nil, bounds: bounds,
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        }
        output = makeOutput(bounds)
    }

    /// Hands a batch in, to the scene's own output where it is to no other, and waits for its answer.
    func deliver(_ sequence: Int, _ samples: [SampleAudit], to other: JournaldOutput? = nil) async -> Answer {
        await deliver(Batch(sequence: sequence, page: AuditPage(of: samples), audits: AuditPage(of: samples).audits), to: other)
    }

    func deliver(_ batch: Batch, to other: JournaldOutput? = nil) async -> Answer {
        let book = AnswerBook()
        await book.deliver(batch, to: other ?? output)
        return await book.answer(to: batch.sequence)
    }

    /// The messages that are in the journal, in order.
    func messages() async throws -> [String] {
        try await journald.entries("auditferry").map { String(decoding: $0["MESSAGE"]?.first ?? [], as: UTF8.self) }
    }
}

extension Answer {
    /// Why a batch was refused for now; `nil` for every other answer.
    var refusedForNow: String? { if case .refusedForNow(let refusal) = self { refusal.reason } else { nil } }
}
