import NIOConcurrencyHelpers
import Testing

@testable import Forwarder

struct NewestRequestTests {
    fileprivate enum Event: Equatable {
        case begun(Int)
        case cancelled(Int)
    }

    @Test(.timeLimit(.minutes(5))) func `a request cancels the work for the one before, and follows its end`() async {
        let events = NIOLockedValueBox<[Event]>([])
        let (requests, request) = AsyncStream.makeStream(of: Void.self)
        let (begins, begin) = AsyncStream.makeStream(of: Void.self)
        await withDiscardingTaskGroup { group in
            group.addTask {
                await NewestRequest.serve(requests) {
                    let number = events.withLockedValue { events in
                        let number = events.count { if case .begun = $0 { true } else { false } }
                        events.append(.begun(number))
                        return number
                    }
                    guard number < 2 else { return begin.finish() }
                    begin.yield()
                    // Until it is cancelled.
                    let (never, hold) = AsyncStream.makeStream(of: Never.self)
                    for await _ in never {}
                    withExtendedLifetime(hold) {}
                    events.withLockedValue { $0.append(.cancelled(number)) }
                }
            }
            request.yield()
            for await _ in begins { request.yield() }
            request.finish()
        }
        #expect(
            events.withLockedValue { $0 } == [.begun(0), .cancelled(0), .begun(1), .cancelled(1), .begun(2)])
    }

    @Test(.timeLimit(.minutes(5))) func `the last work is waited for`() async {
        let count = NIOLockedValueBox(0)
        let (requests, request) = AsyncStream.makeStream(of: Void.self)
        request.yield()
        request.finish()
        await NewestRequest.serve(requests) { count.withLockedValue { $0 += 1 } }
        #expect(count.withLockedValue { $0 } == 1)
    }
}
