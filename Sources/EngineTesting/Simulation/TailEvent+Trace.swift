import AuditCore
import Engine

extension TailEvent {
    /// In one line, without what the audits hold.
    var trace: String {
        switch self {
        case .lanes(.success(let lanes)): "lanes \(lanes.map(\.description).joined(separator: ", "))"
        case .lanes(.failure(let failure)): "lanes: \(failure.reason)"
        case .loaded(let ring, let interval, .success(let batches)): "\(ring) loaded \(interval): \(batches.count) batches"
        case .loaded(let ring, let interval, .failure(let failure)): "\(ring) loaded \(interval): \(failure.reason)"
        case .read(let ring, .success(let reading)): "\(ring) read \(reading.page.audits.count) audits, \(reading.rest)"
        case .read(let ring, .failure(let failure)): "\(ring) read: \(failure.reason)"
        case .committed(.failure(let failure)): "committed: \(failure.reason)"
        case .committed(.success): "committed"
        case .answered(let sequence, .acknowledged): "acknowledged \(sequence)"
        case .answered(let sequence, let answer): "\(sequence): \(answer)"
        case .started, .taken, .woken, .stopped: "\(self)"
        }
    }
}

extension TailAction {
    /// In one line, without what the audits hold.
    var trace: String {
        switch self {
        case .load(let ring, let interval): "load \(interval) for \(ring)"
        case .read(let ring, let request): "read \(request.interval) of \(request.lane) for \(ring), \(request.position)"
        case .deliver(let batch): "deliver \(batch.sequence) with \(batch.audits.count) audits"
        case .setApart(let batch, let reason): "set apart \(batch.sequence): \(reason)"
        case .commit(let change):
            "commit \(change.count) ids, \(change.coverage.map { "\($0.key): \($0.value.intervals)" }.sorted())"
        case .wake(let deadline): "wake at \(deadline)"
        case .report(let report): "report \(report)"
        case .findLanes, .drain, .finish: "\(self)"
        }
    }
}
