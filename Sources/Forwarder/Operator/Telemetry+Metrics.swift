import AuditCore
import Engine

extension Telemetry {
    /// Everything that is measured, in Prometheus' text format. The names are part of the program's contract.
    func metrics() -> String {
        let view = view()
        var text = MetricsText()
        writeEvents(view, to: &text)
        writeCoverage(view, to: &text)
        writeOutputs(view, to: &text)
        writeAPI(view.figures, to: &text)
        writeOffsets(view.figures, to: &text)
        writeConfiguration(view.figures, to: &text)
        writeProcess(to: &text)
        return text.text
    }

    /// A sample for every output that has begun, in the order of their names.
    private func samples(
        _ view: View, _ value: (TailStatus) -> Double?
    ) -> [(labels: MetricsText.Labels, value: Double)] {
        view.statuses.sorted { $0.key < $1.key }.compactMap { name, status in value(status).map { (["output": name], $0) } }
    }

    private func sum(_ view: View, _ value: (TailStatus) -> Int) -> Double {
        Double(view.statuses.values.reduce(0) { $0 + value($1) })
    }

    private func writeEvents(_ view: View, to text: inout MetricsText) {
        text.family(
            "auditferry_events_received_total", .counter, "Audits that the API showed, those that it showed before included.",
            view.figures.services.sorted { $0.key < $1.key }.map { (["service": $0.key], Double($0.value)) })
        text.family(
            "auditferry_events_delivered_total", .counter, "Audits that the output acknowledged.",
            samples(view) { Double($0.delivered) })
        text.single(
            "auditferry_events_duplicate_total", .counter,
            "Audits that were known when the API showed them; every output counts its own.", sum(view, \.duplicates))
        text.single(
            "auditferry_events_late_total", .counter,
            "Audits that were shown after their time was covered, of all runs; every output counts its own.",
            sum(view) { $0.late.count })
        let rejected = view.figures.deliveries.sorted { $0.key < $1.key }.flatMap { name, figures in
            RunFigures.Rejection.allCases.map { reason -> (labels: MetricsText.Labels, value: Double) in
                (["output": name, "reason": reason.rawValue], Double(figures.rejected[reason] ?? 0))
            }
        }
        text.family("auditferry_events_rejected_total", .counter, "Audits that went to the dead letters.", rejected)
        text.family(
            "auditferry_events_unacknowledged", .gauge, "Audits that were read and are not acknowledged.",
            samples(view) { Double($0.unacknowledged) })
        var arrivals = DelayHistogram.arrival
        for status in view.statuses.values { arrivals.add(status.arrivals) }
        text.histograms(
            "auditferry_event_arrival_delay_seconds",
            "From the time of an audit to its first sight, by the server's clock; every output counts its own.", [([:], arrivals)]
        )
    }

    private func writeCoverage(_ view: View, to text: inout MetricsText) {
        text.family(
            "auditferry_coverage_lag_seconds", .gauge,
            "The server's time minus the time up to which everything was delivered, gaps aside.",
            samples(view) { status in status.frontier.map { max(0, (view.serverNow - $0).inSeconds) } })
        text.family(
            "auditferry_coverage_gap_seconds", .gauge, "Time behind that which is still to be read, of all lanes.",
            samples(view) { $0.gap.inSeconds })
        text.single(
            "auditferry_gaps_lost_total", .counter, "Gaps that became older than the API reaches, in this process.",
            sum(view, \.lostGaps))
    }

    private func writeOutputs(_ view: View, to text: inout MetricsText) {
        text.histograms(
            "auditferry_delivery_delay_seconds", "From the first sight of an audit to its acknowledgement.",
            view.statuses.sorted { $0.key < $1.key }.map { (["output": $0.key], $0.value.deliveries) })
        text.family(
            "auditferry_output_connected", .gauge,
            "Whether the output takes what it is given: 1, or 0 while it refuses or is silent.",
            view.outputStates.sorted { $0.key < $1.key }.map { (["output": $0.key], $0.value == .delivering ? 1 : 0) })
        text.family(
            "auditferry_output_retries_total", .counter, "Deliveries that the output refused, and that were tried again.",
            view.figures.deliveries.sorted { $0.key < $1.key }.map { (["output": $0.key], Double($0.value.retries)) })
    }

    private func writeAPI(_ figures: RunFigures, to text: inout MetricsText) {
        let requests = figures.requests.sorted {
            ($0.key.endpoint.rawValue, $0.key.status) < ($1.key.endpoint.rawValue, $1.key.status)
        }
        text.family(
            "auditferry_api_requests_total", .counter,
            "Requests by endpoint, and by HTTP status or the reason why there is none.",
            requests.map { (["endpoint": $0.key.endpoint.rawValue, "status": $0.key.status], Double($0.value)) })
        text.histograms(
            "auditferry_api_request_seconds", "How long a request took, to the end of its answer or of its header.",
            figures.requestSeconds.sorted { $0.key.rawValue < $1.key.rawValue }.map { (["endpoint": $0.key.rawValue], $0.value) })
        text.single(
            "auditferry_api_rate_limit_remaining", .gauge, "Requests left in the API's window, as it said last.",
            figures.allowanceLeft.map(Double.init))
        text.single(
            "auditferry_api_clock_skew_seconds", .gauge, "The server's clock minus this machine's, to half a second.",
            figures.clockSkew?.inSeconds)
        text.single(
            "auditferry_last_successful_poll_timestamp_seconds", .gauge, "When the realtime endpoint answered last.",
            figures.lastPoll.map { Double($0.milliseconds) / 1000 })
    }

    private func writeOffsets(_ figures: RunFigures, to text: inout MetricsText) {
        text.single(
            "auditferry_offset_commits_total", .counter, "Transactions that the offset file took.",
            Double(figures.commitSeconds.count))
        text.single(
            "auditferry_offset_commit_failures_total", .counter,
            "Transactions that the offset file did not take; they are tried again.", Double(figures.failedCommits))
        text.histograms("auditferry_offset_commit_seconds", "How long a transaction took.", [([:], figures.commitSeconds)])
    }

    private func writeConfiguration(_ figures: RunFigures, to text: inout MetricsText) {
        text.single(
            "auditferry_config_last_reload_successful", .gauge,
            "Whether the last configuration that was read is in force: 1, or 0 where it was refused.",
            figures.reload.isRefused ? 0 : 1)
        text.single(
            "auditferry_config_last_reload_success_timestamp_seconds", .gauge, "When the configuration in force was read.",
            Double(figures.reload.succeeded.milliseconds) / 1000)
    }

    private func writeProcess(to text: inout MetricsText) {
        let process = ProcessFigures.current()
        text.family("auditferry_build_info", .gauge, "The version of the program.", [(["version": version], 1)])
        text.single(
            "process_resident_memory_bytes", .gauge, "Resident memory size in bytes.", process.residentBytes.map(Double.init))
        text.single(
            "process_cpu_seconds_total", .counter, "Total user and system CPU time spent in seconds.", process.cpuTime?.inSeconds)
        text.single("process_open_fds", .gauge, "Number of open file descriptors.", process.openFiles.map(Double.init))
        text.single(
            "process_start_time_seconds", .gauge, "Start time of the process since unix epoch in seconds.",
            Double(started.milliseconds) / 1000)
    }
}
