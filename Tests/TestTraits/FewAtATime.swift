// A static build of the whole package compiles this target as well, and finds no testing library, which it does not need.
#if canImport(Testing)
    import NIOConcurrencyHelpers
    import Testing

    /// Lets a few tests of all that have it run at a time, the others wait. For tests that run programs, servers and receivers: a thousand of them
    /// at once have every step of each wait for all others, and then programs give each other up which would wait long enough for a busy machine.
    ///
    /// The waiting is no part of what a time limit counts.
    public struct FewAtATime: SuiteTrait, TestTrait, TestScoping {
        private static let permits = Permits(6)

        public let isRecursive = true

        /// A suite as such, and a case of a test that has its permit, need none.
        public func scopeProvider(for test: Test, testCase: Test.Case?) -> Self? { test.isSuite || testCase != nil ? nil : self }

        public func provideScope(
            for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
        ) async throws {
            await FewAtATime.permits.take()
            defer { FewAtATime.permits.giveBack() }
            try await function()
        }
    }

    extension Trait where Self == FewAtATime {
        public static var fewAtATime: Self { FewAtATime() }
    }

    /// Given to whoever has waited longest.
    private final class Permits: Sendable {
        private let state: NIOLockedValueBox<(free: Int, waiting: [CheckedContinuation<Void, Never>])>

        init(_ count: Int) { state = NIOLockedValueBox((count, [])) }

        func take() async {
            await withCheckedContinuation { continuation in
                let isFree = state.withLockedValue { state in
                    guard state.free > 0 else {
                        state.waiting.append(continuation)
                        return false
                    }
                    state.free -= 1
                    return true
                }
                if isFree { continuation.resume() }
            }
        }

        func giveBack() {
            let next = state.withLockedValue { state -> CheckedContinuation<Void, Never>? in
                if state.waiting.isEmpty {
                    state.free += 1
                    return nil
                }
                return state.waiting.removeFirst()
            }
            next?.resume()
        }
    }
#endif
