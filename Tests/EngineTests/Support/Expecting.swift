import Testing

/// As `#expect(actual == expected)`, for calls that change a value: the macro evaluates its operands where they cannot be changed.
func expect<Value: Equatable>(_ actual: Value, is expected: Value, at location: SourceLocation = #_sourceLocation) {
    #expect(actual == expected, sourceLocation: location)
}
