import Engine

/// Writes Prometheus' text exposition format, version 0.0.4.
struct MetricsText {
    enum Kind: String {
        case counter, gauge, histogram
    }

    typealias Labels = KeyValuePairs<String, String>

    private(set) var text = ""

    /// A family with all its samples. A family without samples is not written.
    mutating func family(_ name: String, _ kind: Kind, _ help: String, _ samples: [(labels: Labels, value: Double)]) {
        guard !samples.isEmpty else { return }
        head(name, kind, help)
        for sample in samples { line(name, sample.labels, sample.value) }
    }

    /// A family of one sample without labels; not written where that is `nil`.
    mutating func single(_ name: String, _ kind: Kind, _ help: String, _ value: Double?) {
        guard let value else { return }
        let none: Labels = [:]
        family(name, kind, help, [(none, value)])
    }

    /// Delays in seconds.
    mutating func histograms(_ name: String, _ help: String, _ samples: [(labels: Labels, delays: DelayHistogram)]) {
        guard !samples.isEmpty else { return }
        head(name, .histogram, help)
        for (labels, delays) in samples {
            var count = 0
            for (bound, inBucket) in zip(delays.bounds.map { MetricsText.number(Double($0) / 1000) } + ["+Inf"], delays.counts) {
                count += inBucket
                line(name + "_bucket", labels, Double(count), extra: ("le", bound))
            }
            line(name + "_sum", labels, Double(delays.sum) / 1000)
            line(name + "_count", labels, Double(count))
        }
    }

    private mutating func head(_ name: String, _ kind: Kind, _ help: String) {
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n"
    }

    private mutating func line(_ name: String, _ labels: Labels, _ value: Double, extra: (String, String)? = nil) {
        let pairs = labels.map { ($0.key, $0.value) } + (extra.map { [$0] } ?? [])
        let written = pairs.map { "\($0.0)=\"\(MetricsText.escaped($0.1))\"" }.joined(separator: ",")
        text += name + (written.isEmpty ? "" : "{\(written)}") + " \(MetricsText.number(value))\n"
    }

    private static func number(_ value: Double) -> String {
        if let whole = Int64(exactly: value) { return "\(whole)" }
        return value.isNaN ? "NaN" : value.isInfinite ? (value > 0 ? "+Inf" : "-Inf") : "\(value)"
    }

    private static func escaped(_ value: String) -> String {
        var escaped = ""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\\": escaped += "\\\\"
            case "\"": escaped += "\\\""
            case "\n": escaped += "\\n"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
