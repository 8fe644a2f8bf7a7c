import AuditCore
import Engine
import OffsetStore

/// What the offset file says, for `offsets show` and `offsets gaps`.
public struct OffsetReport: Sendable, Equatable {
    public struct Lane: Sendable, Equatable {
        /// A service, or `all`.
        public let name: String
        /// The instant up to which it was followed, whatever gaps are left behind it.
        public let frontier: Instant
        /// Ascending, as are the gaps.
        public let covered: [Interval]
        /// What is still to be read behind the frontier.
        public let gaps: [Interval]
        /// What no endpoint gives any more.
        public let lost: [Interval]

        public var coveredTime: Duration { OffsetReport.time(covered) }
        public var gapTime: Duration { OffsetReport.time(gaps) }
        public var lostTime: Duration { OffsetReport.time(lost) }
    }

    public struct Output: Sendable, Equatable {
        public let name: String
        /// The first instant that it wants.
        public let began: Instant
        /// By name; empty where nothing was delivered yet.
        public let lanes: [Lane]
        /// How many acknowledged ids are kept to tell duplicates.
        public let ids: Int
        public let late: LateArrivals

        /// An overlap that would have found nearly all late audits; `nil` where too few are known.
        public var suggestedOverlap: Duration? { late.suggestedOverlap(atLeast: TailSettings.usualOverlap) }
    }

    public let path: String
    /// By name.
    public let outputs: [Output]

    /// Reads the file, also while a run has it.
    /// - Throws: `Failure` with code `offsets` where it is missing or cannot be read.
    public static func load(path: String) async throws(Failure) -> OffsetReport {
        let store = try OffsetStore(path: path, access: .readOnly)
        let outputs: Result<[Output], any Error>
        do {
            outputs = .success(try await read(store))
        } catch {
            outputs = .failure(error)
        }
        await store.close()
        do {
            return OffsetReport(path: path, outputs: try outputs.get())
        } catch {
            throw OffsetFile.failure(error, path, "read")
        }
    }

    private static func read(_ store: OffsetStore) async throws -> [Output] {
        var outputs: [Output] = []
        for name in try await store.outputs() {
            guard let ledger = try await store.ledger(of: name) else { continue }
            let lanes = Set(ledger.lanes.keys).union(ledger.lost.keys).map { lane in
                Lane(
                    name: lane.description, frontier: ledger.frontier(of: lane), covered: ledger.coverage(of: lane).intervals,
                    gaps: ledger.gaps(of: lane), lost: ledger.lost(of: lane).intervals)
            }
            outputs.append(
                Output(
                    name: name, began: ledger.start, lanes: lanes.sorted { $0.name < $1.name },
                    ids: try await store.idCount(of: name), late: ledger.late))
        }
        return outputs
    }

    private static func time(_ intervals: [Interval]) -> Duration { intervals.reduce(.zero) { $0 + $1.duration } }
}

/// Errors of the offset file that have no words of their own.
enum OffsetFile {
    static func failure(_ error: any Error, _ path: String, _ verb: String) -> Failure {
        error as? Failure
            ?? Failure(
                .offsets, "offset file '\(path)' cannot be \(verb): \(error)",
                hint: "check its disk and its permissions, or name another file with --offsets")
    }
}
