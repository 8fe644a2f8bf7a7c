import AuditAPI
import AuditCore
import Outputs
import TestTraits
import Testing

@testable import Forwarder

@Suite(.fewAtATime)
struct ReloadPlanTests {
    private func before() throws -> ForwarderConfiguration {
        ForwarderConfiguration(
            genesys: GenesysSettings(
                endpoints: try Endpoints(api: "https://api.example"), credentials: ReloadPlanTests.credentials("first")),
            offsetsPath: "/offsets.db",
            outputs: [
                OutputDefinition(name: "siem", kind: .tcp(TCPSettings(host: "collector.example", port: 6514))),
                OutputDefinition(name: "archive", kind: .file(FileSettings(path: "/audits.ndjson"))),
            ], source: "auditferry.yaml")
    }

    private static func credentials(_ secret: String) -> Credentials {
        Credentials(clientID: "client", secret: Secret(secret))
    }

    private func plan(_ change: (inout ForwarderConfiguration) -> Void) throws -> ReloadPlan {
        let before = try before()
        var after = before
        change(&after)
        return try ReloadPlan(from: before, to: after)
    }

    @Test func `the same configuration changes nothing`() throws {
        let plan = try plan { _ in }
        #expect(plan == ReloadPlan(readsAnew: false, removed: [], restarted: [], begun: []))
    }

    @Test func `what outputs do not depend on changes none of them`() throws {
        let plan = try plan {
            $0.log.level = .debug
            $0.shutdownTimeout = .seconds(60)
        }
        #expect(plan == ReloadPlan(readsAnew: false, removed: [], restarted: [], begun: []))
    }

    @Test func `a changed output restarts alone`() throws {
        let plan = try plan { $0.outputs[0].batch.events = 100 }
        #expect(plan == ReloadPlan(readsAnew: false, removed: [], restarted: ["siem"], begun: []))
    }

    @Test func `outputs come and go by their names`() throws {
        let plan = try plan { $0.outputs[1].name = "copy" }
        #expect(plan == ReloadPlan(readsAnew: false, removed: ["archive"], restarted: [], begun: ["copy"]))
    }

    @Test func `another order is no change`() throws {
        let plan = try plan { $0.outputs.reverse() }
        #expect(plan == ReloadPlan(readsAnew: false, removed: [], restarted: [], begun: []))
    }

    @Test func `another secret restarts all, over an API that is connected to anew`() throws {
        let plan = try plan { $0.genesys.credentials = ReloadPlanTests.credentials("second") }
        #expect(plan == ReloadPlan(readsAnew: true, removed: [], restarted: ["siem", "archive"], begun: []))
    }

    @Test func `a key of the tail restarts all, over the same API`() throws {
        for change: (inout ForwarderConfiguration) -> Void in [
            { $0.tail.overlap = .seconds(60) }, { $0.keepIDs = .seconds(7200) },
        ] {
            #expect(try plan(change) == ReloadPlan(readsAnew: false, removed: [], restarted: ["siem", "archive"], begun: []))
        }
    }

    @Test func `another endpoint to read is another connection to the API`() throws {
        let plan = try plan { ($0.tail.sweep, $0.tail.reconcile) = (nil, nil) }
        #expect(plan.readsAnew)
    }

    @Test func `a configuration file that has vanished is refused`() throws {
        let failure = #expect(throws: Failure.self) { try plan { $0.source = nil } }
        #expect(failure?.problems == ["'auditferry.yaml' was the configuration, and 'no file' would be now"])
    }

    @Test func `what a start alone can change is refused, all of it at once`() throws {
        let failure = #expect(throws: Failure.self) {
            try plan {
                $0.offsetsPath = "/other.db"
                $0.http = HTTPSettings(host: "127.0.0.1", port: 9477)
            }
        }
        #expect(failure?.code == .configuration)
        #expect(failure?.problems.map { $0.prefix { $0 != ":" } } == ["offsets.path", "http.listen"])
    }
}
