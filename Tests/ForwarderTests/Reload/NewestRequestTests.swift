import NIOConcurrencyHelpers
import TestTraits
import Testing

@testable import Forwarder

@Suite(.fewAtATime)
struct NewestRequestTests {
    fileprivate enum Event: Equatable {
        case begun(Int)
        case cancelled(Int)
        case finished(Int)
    }

    @Test(.timeLimit(.minutes(5))) func `a request cancels what is prepared for the one before, and follows its end`() async {
        let events = NIOLockedValueBox<[Event]>([])
        let (requests, request) = AsyncStream.makeStream(of: Void.self)
        let (begins, begin) = AsyncStream.makeStream(of: Void.self)
        await withDiscardingTaskGroup { group in
            group.addTask {
                await NewestRequest.serve(
                    requests,
                    prepare: { () -> Int? in
                        let number = events.withLockedValue { events in
                            let number = events.count { if case .begun = $0 { true } else { false } }
                            events.append(.begun(number))
                            return number
                        }
                        guard number < 2 else {
                            begin.finish()
                            return number
                        }
                        begin.yield()
                        await NewestRequestTests.cancellation()
                        events.withLockedValue { $0.append(.cancelled(number)) }
                        return number
                    },
                    finish: { number in events.withLockedValue { $0.append(.finished(number)) } })
            }
            request.yield()
            for await _ in begins { request.yield() }
            request.finish()
        }
        #expect(
            events.withLockedValue { $0 } == [.begun(0), .cancelled(0), .begun(1), .cancelled(1), .begun(2), .finished(2)])
    }

    @Test(.timeLimit(.minutes(5))) func `what is being finished is not cancelled by a later request`() async {
        let events = NIOLockedValueBox<[Event]>([])
        let (requests, request) = AsyncStream.makeStream(of: Void.self)
        let (goes, go) = AsyncStream.makeStream(of: Void.self)
        request.yield()
        await NewestRequest.serve(requests, prepare: { events.withLockedValue(\.count) }) { number in
            if number == 0 {
                request.yield()
                request.finish()
                go.yield()
                for await _ in goes { break }
            }
            events.withLockedValue { $0.append(Task.isCancelled ? .cancelled(number) : .finished(number)) }
        }
        #expect(events.withLockedValue { $0 } == [.finished(0), .finished(1)])
    }

    @Test(.timeLimit(.minutes(5))) func `the last work is waited for`() async {
        let count = NIOLockedValueBox(0)
        let (requests, request) = AsyncStream.makeStream(of: Void.self)
        request.yield()
        request.finish()
        await NewestRequest.serve(requests, prepare: { 1 }) { number in count.withLockedValue { $0 += number } }
        #expect(count.withLockedValue { $0 } == 1)
    }

    private static func cancellation() async {
        let (never, hold) = AsyncStream.makeStream(of: Never.self)
        for await _ in never {}
        withExtendedLifetime(hold) {}
    }
}
