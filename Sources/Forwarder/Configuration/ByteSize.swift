/// Sizes as the configuration writes them: `512B`, `64KiB`, `10MiB`, `1GiB`.
enum ByteSize {
    private static let units: [(suffix: String, bytes: Int)] = [("B", 1), ("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30)]

    /// One whole number and one unit; `nil` for anything else.
    static func parse(_ text: String) -> Int? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard !digits.isEmpty, let count = Int(digits),
            let unit = units.first(where: { $0.suffix == text.dropFirst(digits.count) })
        else { return nil }
        let (bytes, overflow) = count.multipliedReportingOverflow(by: unit.bytes)
        return overflow ? nil : bytes
    }

    /// The largest unit that says it without a rest.
    static func text(_ bytes: Int) -> String {
        let unit = units.last { bytes % $0.bytes == 0 && bytes != 0 } ?? units[0]
        return "\(bytes / unit.bytes)\(unit.suffix)"
    }
}
