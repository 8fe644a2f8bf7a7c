/// Whose turn it is first where requests wait for the budget: the lowest goes first.
public enum Urgency: Int, Comparable, Sendable {
    /// Fresh audits.
    case live
    /// What was read already, again: for what the API showed late.
    case sweep
    /// Gaps: old already.
    case catchUp

    public static func < (left: Urgency, right: Urgency) -> Bool { left.rawValue < right.rawValue }
}
