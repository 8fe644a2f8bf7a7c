/// Durations as configuration files, flags and messages write them: `500ms`, `15s`, `10m`, `1h`, `14d`.
extension Duration {
    private static let units: [(suffix: String, milliseconds: Int64)] = [
        ("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000),
    ]

    /// One whole number and one unit; `nil` for anything else, and for what passes a hundred years.
    public init?(_ text: String) {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard !digits.isEmpty, let count = Int64(digits),
            let unit = Duration.units.first(where: { $0.suffix == text.dropFirst(digits.count) })
        else { return nil }
        let (milliseconds, overflow) = count.multipliedReportingOverflow(by: unit.milliseconds)
        guard !overflow, milliseconds <= 100 * 366 * 86_400_000 else { return nil }
        self = .milliseconds(milliseconds)
    }

    /// The largest unit that says it without a rest: `90s`, `2m`, `14d`; milliseconds where nothing larger does.
    public var text: String {
        let milliseconds = wholeMilliseconds
        let unit = Duration.units.last { milliseconds % $0.milliseconds == 0 && milliseconds != 0 } ?? Duration.units[1]
        return "\(milliseconds / unit.milliseconds)\(unit.suffix)"
    }
}
