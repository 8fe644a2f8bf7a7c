/// SplitMix64: the same documents for the same seed.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}

/// Makes answers of the API, with whatever JSON allows in them.
struct AuditDocuments {
    var random: SeededGenerator

    mutating func page() -> String {
        let entities = (0..<Int.random(in: 0...4, using: &random)).map { _ in audit() }
        var members = [
            "\"entities\"\(space()):\(space())[\(space())" + entities.joined(separator: "\(space()),\(space())") + "\(space())]",
            "\"pageNumber\":\(space())1", "\"total\":\(entities.count)", "\"cursor\":\(string())",
        ]
        members.shuffle(using: &random)
        return "\(space()){\(space())" + members.joined(separator: "\(space()),\(space())") + "\(space())}\(space())"
    }

    mutating func audit() -> String {
        var members = ["\"id\":\(space())\(string(atLeast: 1))", "\"eventDate\":\"2026-03-02T08:15:04Z\""]
        for index in 0..<Int.random(in: 0...4, using: &random) { members.append("\"m\(index)\"\(space()):\(value(depth: 3))") }
        members.shuffle(using: &random)
        return "{\(space())" + members.joined(separator: "\(space()),\(space())") + "\(space())}"
    }

    private mutating func value(depth: Int) -> String {
        switch Int.random(in: 0..<(depth > 0 ? 9 : 6), using: &random) {
        case 0: "null"
        case 1: "true"
        case 2: "false"
        case 3: ["0", "-0", "-12", "1.5", "10e3", "2E-2", "0.25e+1", "123456789012"].randomElement(using: &random)!
        case 4, 5: string()
        case 6: "[\(space())]"
        case 7: "[\(space())\(value(depth: depth - 1))\(space()),\(space())\(value(depth: depth - 1))]"
        default: "{\(space())\"k\":\(value(depth: depth - 1)),\"l\"\(space()):\(value(depth: depth - 1))\(space())}"
        }
    }

    private mutating func string(atLeast: Int = 0) -> String {
        let parts = [
            "a", "é", "🚀", "\\n", "\\\"", "\\\\", "\\/", "\\u00e9", "\\ud83d\\ude80", "{", "]", ",", ":", " ", "\\u0000",
        ]
        let count = Int.random(in: atLeast...6, using: &random)
        return "\"" + (0..<count).map { _ in parts.randomElement(using: &random)! }.joined() + "\""
    }

    private mutating func space() -> String {
        ["", "", "", " ", "\n", "\t", "\r\n  "].randomElement(using: &random)!
    }
}
