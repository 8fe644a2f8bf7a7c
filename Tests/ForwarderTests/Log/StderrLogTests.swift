import Logging
import NIOConcurrencyHelpers
import NIOPosix
import TestTraits
import Testing

@testable import Forwarder

/// What a log does whose lines nobody takes.
@Suite(.fewAtATime, .timeLimit(.minutes(5)))
struct StderrLogTests {
    @Test func `a line that nobody takes keeps nobody from asking for the level`() async throws {
        let (begins, begin) = AsyncStream.makeStream(of: Void.self)
        let isTaken = ConditionLock(value: false)
        let wasLetGo = NIOLockedValueBox(false)
        let log = StderrLog(LogSettings(level: .info)) { _ in
            begin.finish()
            // Bounded, so that a log that keeps others waiting fails instead of standing still.
            guard isTaken.lock(whenValue: true, timeoutSeconds: 60) else { return }
            isTaken.unlock()
            wasLetGo.withLockedValue { $0 = true }
        }
        let writing = Task {
            try await NIOThreadPool.singleton.runIfActive {
                log.write(LogEntry(level: .info, message: "output begins", metadata: [:]))
            }
        }
        for await _ in begins {}
        #expect(log.level == .info)
        isTaken.lock()
        isTaken.unlock(withValue: true)
        try await writing.value
        #expect(wasLetGo.withLockedValue { $0 }, "the level could be asked for only after the line was taken")
    }

    @Test func `what is written later is not written on an event loop`() async {
        let (threads, thread) = AsyncStream.makeStream(of: Bool.self)
        BlockingTimer.run(in: .zero) { thread.yield(MultiThreadedEventLoopGroup.currentEventLoop != nil) }
        #expect(await threads.first { _ in true } == false)
    }
}
