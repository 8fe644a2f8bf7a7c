import AuditCore

/// How far this machine's clock is from the API's. A run makes its windows from the API's clock alone; this machine's is that of the log, of
/// dead letters, and of the certificates that are judged.
struct ClockCheck {
    /// What is not worth a word.
    static let tolerance = Duration.seconds(5)

    /// By how much the API's clock is ahead, to about a second; `nil` where it does not tell its time.
    let skew: Duration?
    let api: String

    func finding() -> CheckFinding {
        guard let skew else {
            return .failed(
                "clock", .failed, "API '\(api)' does not say what time it is",
                hint: "a proxy may remove the 'Date' header: the windows are made from it")
        }
        let distance = skew < .zero ? .zero - skew : skew
        guard distance > ClockCheck.tolerance else {
            return .ok("clock", "this machine's clock is within \(ClockCheck.tolerance.text) of the API's")
        }
        let seconds = (distance.wholeMilliseconds + 500) / 1000
        return .warning(
            "clock",
            "this machine's clock is \(seconds) s \(skew < .zero ? "ahead of" : "behind") the API's; no audit is missed for it, "
                + "since windows are made from the API's clock, but times in the log are wrong",
            hint: "synchronize this machine's clock")
    }
}
