/// Finds the name that a mistyped one was meant to be.
enum NearestName {
    /// Longer texts are no typing mistakes of a name.
    static let maximumLength = 64

    /// The closest candidate, the first of equals; `nil` where none is close: at most a third of its letters differ, and never
    /// more than three, letter case aside. A beginning of at least three letters also counts.
    static func of(_ text: String, among candidates: [String]) -> String? {
        guard text.utf8.count <= maximumLength else { return nil }
        let wanted = Array(text.lowercased().utf8)
        var best: (name: String, distance: Int)?
        for candidate in candidates {
            let distance = distance(wanted, Array(candidate.lowercased().utf8))
            let allowed = max(1, min(3, candidate.utf8.count / 3))
            guard distance <= allowed, distance < best?.distance ?? .max else { continue }
            best = (candidate, distance)
        }
        return best?.name ?? candidates.first { wanted.count >= 3 && $0.lowercased().utf8.starts(with: wanted) }
    }

    /// `; did you mean 'name'?`, or nothing.
    static func question(_ text: String, among candidates: [String]) -> String {
        of(text, among: candidates).map { "; did you mean '\($0)'?" } ?? ""
    }

    /// How many letters are inserted, left out, exchanged, or swapped with their neighbour (optimal string alignment).
    static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var beforeLast: [Int] = []
        var last = Array(0...right.count)
        for row in 0..<left.count {
            var current = [row + 1]
            for column in 0..<right.count {
                var cost = last[column] + (left[row] == right[column] ? 0 : 1)
                cost = min(cost, last[column + 1] + 1, current[column] + 1)
                if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
                    cost = min(cost, beforeLast[column - 1] + 1)
                }
                current.append(cost)
            }
            (beforeLast, last) = (last, current)
        }
        return last[right.count]
    }
}
