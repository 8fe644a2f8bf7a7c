import AuditCore

/// The faults that a simulator has, each with its parameters. They compose: a plan may hold any of them together.
public struct FaultPlan: Sendable, Equatable {
    enum Value: Sendable, Equatable {
        case number(Int)
        case fraction(Double)
        case duration(Duration)
    }

    public static let none = FaultPlan()

    private var faults: [Fault: [String: Value]] = [:]

    private init() {}

    /// Reads `late,reset`; each name may be followed by parameters after spaces: `late fraction=0.2 delay=1m,truncate every=3`.
    ///
    /// - Throws: `Failure` with code `data` for the first thing that cannot be understood, with the nearest known name.
    public init(names: String) throws(Failure) {
        for entry in names.split(separator: ",") {
            try add(entry, place: "")
        }
    }

    /// Reads the text of a file: one `name [key=value ...]` a line; `#` begins a comment.
    ///
    /// - Parameter file: its name, for errors.
    /// - Throws: `Failure` with code `data`, naming file and line.
    public init(text: String, file: String) throws(Failure) {
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            try add(line.prefix { $0 != "#" }, place: "\(file):\(index + 1): ")
        }
    }

    public var isEmpty: Bool { faults.isEmpty }
    /// The names of its faults, in a fixed order.
    public var names: [String] { Fault.allCases.filter(contains).map(\.rawValue) }

    /// Every fault that there is: its name, what it does, and its parameters with their defaults (`every=7`).
    public static var documentation: [(name: String, meaning: String, parameters: String)] {
        Fault.allCases.map { fault in
            let parameters = fault.parameters.map { "\($0.name)=\($0.standard)" }
            return (fault.rawValue, fault.meaning, parameters.joined(separator: " "))
        }
    }

    func contains(_ fault: Fault) -> Bool { faults[fault] != nil }

    /// A whole number of a fault; `nil` where the plan does not have the fault.
    func number(_ fault: Fault, _ parameter: String) -> Int? {
        guard case .number(let value)? = faults[fault]?[parameter] else { return nil }
        return value
    }

    func fraction(_ fault: Fault, _ parameter: String) -> Double? {
        guard case .fraction(let value)? = faults[fault]?[parameter] else { return nil }
        return value
    }

    func duration(_ fault: Fault, _ parameter: String) -> Duration? {
        guard case .duration(let value)? = faults[fault]?[parameter] else { return nil }
        return value
    }
}

extension FaultPlan {
    private mutating func add(_ entry: Substring, place: String) throws(Failure) {
        let words = entry.split(whereSeparator: \.isWhitespace)
        guard let name = words.first else { return }
        guard let fault = Fault(rawValue: String(name)) else {
            throw FaultPlan.unknown("fault", String(name), among: Fault.allCases.map(\.rawValue), place)
        }
        var values: [String: Value] = [:]
        for parameter in fault.parameters { values[parameter.name] = FaultPlan.value(parameter.standard, parameter.kind) }
        for word in words.dropFirst() {
            let (parameter, value) = try FaultPlan.setting(word, of: fault, place)
            values[parameter] = value
        }
        faults[fault] = values
    }

    private static func setting(_ word: Substring, of fault: Fault, _ place: String) throws(Failure) -> (String, Value) {
        let sides = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard let parameter = fault.parameters.first(where: { $0.name == sides[0] }) else {
            let names = fault.parameters.map(\.name)
            throw unknown("parameter of fault '\(fault.rawValue)'", String(sides[0]), among: names, place)
        }
        guard sides.count == 2, let value = value(String(sides[1]), parameter.kind) else {
            throw Failure(
                .data, "\(place)fault '\(fault.rawValue)': '\(word)' cannot be understood",
                hint: "write it as \(parameter.name)=\(parameter.standard)")
        }
        return (parameter.name, value)
    }

    private static func value(_ text: String, _ kind: Fault.Parameter.Kind) -> Value? {
        switch kind {
        case .count: Int(text).flatMap { $0 > 0 ? .number($0) : nil }
        case .integer: Int(text).flatMap { abs($0) <= 1_000_000_000 ? .number($0) : nil }
        case .fraction: Double(text).flatMap { (0...1).contains($0) ? .fraction($0) : nil }
        case .duration: Duration(text).map(Value.duration)
        }
    }

    private static func unknown(_ what: String, _ name: String, among names: [String], _ place: String) -> Failure {
        let nearest = names.map { (name: $0, distance: distance(name, $0)) }.min { $0.distance < $1.distance }
        let hint = nearest.map { "the nearest name is '\($0.name)'; known are: \(names.joined(separator: ", "))" }
        return Failure(.data, "\(place)\(what) '\(name)' is unknown", hint: hint ?? "it takes no parameters")
    }

    /// The number of letters to add, drop or change (Levenshtein).
    private static func distance(_ left: String, _ right: String) -> Int {
        let right = Array(right.utf8)
        var row = Array(0...right.count)
        for (line, letter) in left.utf8.prefix(64).enumerated() {
            var diagonal = row[0]
            row[0] = line + 1
            for column in right.indices {
                let change = diagonal + (letter == right[column] ? 0 : 1)
                diagonal = row[column + 1]
                row[column + 1] = min(change, row[column] + 1, diagonal + 1)
            }
        }
        return row[right.count]
    }
}
