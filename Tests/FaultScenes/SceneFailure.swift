/// What was to be so and is not, where nothing can go on.
package struct SceneFailure: Error, CustomStringConvertible {
    package let description: String
    package init(_ description: String) { self.description = description }
}

/// - Throws: `SceneFailure` where the condition does not hold.
package func demand(_ condition: Bool, _ failure: @autoclosure () -> String) throws(SceneFailure) {
    guard condition else { throw SceneFailure(failure()) }
}
