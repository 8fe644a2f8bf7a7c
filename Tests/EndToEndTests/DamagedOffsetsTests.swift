import AuditCore
import FaultScenes
import Foundation
import Simulator
import TestTraits
import Testing

/// An offset file that a crash of the machine or a bad disk has damaged: a start goes on without a loss, or is refused. It may deliver twice.
///
/// Starts go by the default of `since`, which is now: one that takes what is there for nothing would lose what happened in between.
@Suite(.fewAtATime)
struct DamagedOffsetsTests {
    private static let database = "offsets.db"
    private static let log = "offsets.db-wal"

    @Test(.timeLimit(.minutes(15)))
    func `cut off anywhere, the file is refused or nothing is lost`() async throws {
        try await withDamage { damage in
            let size = try damage.size(of: Self.database, in: .closed)
            let edges = stride(from: 4096, through: size, by: 4096).flatMap { [$0 - 1, $0, $0 + 1] }.filter { $0 < size }
            for length in edges + [2, 100, 1000, size / 2] {
                try await damage.expectNoLoss("cut at \(length)", in: .closed) { try $0.cut(Self.database, at: length) }
            }
        }
    }

    @Test(.timeLimit(.minutes(15)))
    func `cut to nothing, the file is refused or nothing is lost`() async throws {
        try await withDamage { damage in
            for length in [0, 1] {
                try await damage.expectNoLoss("cut at \(length)", in: .closed) { try $0.cut(Self.database, at: length) }
            }
        }
    }

    @Test(.timeLimit(.minutes(15)))
    func `whatever becomes of the write-ahead log, nothing is lost once the tables are in the file itself`() async throws {
        try await withDamage { damage in
            let size = try damage.size(of: Self.log, in: .killed)
            for length in [0, 1, 31, 32, 33, 56, 4151, 4152, 4153, size / 2, size - 4120, size - 1] where length < size {
                try await damage.expectNoLoss("cut at \(length)", in: .killed) { try $0.cut(Self.log, at: length) }
            }
            for position in [0, 16, 24, 32, 40, 48] + damage.random(8, below: size) {
                try await damage.expectNoLoss("flipped at \(position)", in: .killed) {
                    try $0.flip(Self.log, at: position, bit: 3)
                }
            }
            for start in stride(from: 32, to: size, by: max(4120, size / 4 / 4120 * 4120)) {
                try await damage.expectNoLoss("zero at \(start)", in: .killed) { try $0.zero(Self.log, start..<start + 4096) }
            }
        }
    }

    @Test(.timeLimit(.minutes(15)))
    func `whatever becomes of the write-ahead log of a file's first minutes, it is refused or nothing is lost`() async throws {
        try await withDamage { damage in
            for length in [0, 32, 4152, 8272] {
                try await damage.expectNoLoss("cut at \(length)", in: .young) { try $0.cut(Self.log, at: length) }
            }
            try await damage.expectNoLoss("gone", in: .young) { try $0.remove(Self.log) }
        }
    }

    @Test(.timeLimit(.minutes(15)))
    func `with a page of zeros, or bytes that changed in its structure, the file is refused or nothing is lost`() async throws {
        try await withDamage { damage in
            let pages = try damage.size(of: Self.database, in: .closed) / 4096
            for page in 0..<pages {
                let start = page * 4096
                try await damage.expectNoLoss("zero page \(page + 1)", in: .closed) {
                    try $0.zero(Self.database, start..<start + 4096)
                }
                // The head of a page: of what kind it is, how many cells it has, and where they are.
                for position in (page == 0 ? 16..<28 : start..<start + 10) where position % 3 == 1 {
                    try await damage.expectNoLoss("flipped at \(position)", in: .closed) {
                        try $0.flip(Self.database, at: position, bit: 2)
                    }
                }
            }
        }
    }

    @Test(.timeLimit(.minutes(15)))
    func `with a value that changed, the file is refused or nothing is lost`() async throws {
        try await withDamage { damage in
            // Six bytes, most significant first, as SQLite writes a time; half an hour later, or as much as one bit makes of it.
            let places = try await damage.placesOfFrontier(in: Self.database)
            #expect(!places.isEmpty)
            for place in places {
                try await damage.expectNoLoss("later at \(place.position)", in: .closed) {
                    try $0.flip(Self.database, at: place.position, bit: place.bit)
                }
            }
            for position in try damage.positions(of: "audits", in: Self.database) {
                try await damage.expectNoLoss("renamed at \(position)", in: .closed) {
                    try $0.flip(Self.database, at: position, bit: 0)
                }
            }
        }
    }

    @Test(.timeLimit(.minutes(15)))
    func `with an id that became that of an audit to come, the file is refused or nothing is lost`() async throws {
        try await withDamage { damage in
            let (had, toCome) = try damage.ids()
            let position = try #require(try damage.positions(of: had, in: Self.database).first)
            try await damage.expectNoLoss("another id at \(position)", in: .closed) {
                try $0.write(toCome, to: Self.database, at: position)
            }
        }
    }

    @Test(.timeLimit(.minutes(15)))
    func `a file that is gone is not taken for a new one while its log is there`() async throws {
        try await withDamage { damage in
            try await damage.expectNoLoss("gone", in: .killed) { try $0.remove(Self.database) }
        }
    }

    private func withDamage(_ body: @escaping @Sendable (OffsetDamage) async throws -> Void) async throws {
        var organization = try Scene.organization(events: 500)
        organization.eventsPerSecond = 1
        try await Scene.with(organization) { scene in try await body(try await OffsetDamage(scene)) }
    }
}
