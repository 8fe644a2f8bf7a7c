/// Makes times of several tails fall together, which know nothing of each other: what is asked at the same moment for the same time is
/// asked once. All tails of a process see the same clock.
enum Grid {
    /// The last point of the grid that is not after `due`, or the next one after `now` where that would be past.
    static func aligned(_ due: Duration, to spacing: Duration, after now: Duration) -> Duration {
        let step = spacing.wholeMilliseconds
        guard step > 0 else { return due }
        let point = Duration.milliseconds(due.wholeMilliseconds / step * step)
        return point > now ? point : point + spacing
    }
}
