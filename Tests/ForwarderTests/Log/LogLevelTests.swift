import Logging
import TestTraits
import Testing

@testable import Forwarder

@Suite(.fewAtATime)
struct LogLevelTests {
    @Test func `a reload changes the level of every copy of a run's logger`() {
        let logger = Logger.auditferry(LogSettings(level: .info))
        let copy = logger
        logger.change(to: LogSettings(level: .debug))
        #expect(copy.logLevel == .debug)
    }

    @Test func `a logger with a level of its own keeps it`() {
        let logger = Logger.auditferry(LogSettings(level: .info))
        var own = logger
        own.logLevel = .error
        logger.change(to: LogSettings(level: .debug))
        #expect(own.logLevel == .error)
    }
}
