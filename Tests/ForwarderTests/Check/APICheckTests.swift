import AuditAPI
import AuditCore
import TestTraits
import Testing

@testable import Forwarder

@Suite(.fewAtATime, .timeLimit(.minutes(5))) struct `A check of the API` {
    private func findings(
        _ bench: CommandBench, secret: String = "simulator", sweep: Bool = true,
        _ change: (inout AuditSelection) -> Void = { _ in }
    ) async throws -> [CheckFinding] {
        var configuration = ForwarderConfiguration(
            genesys: try bench.genesys(secret: secret, change: change), offsetsPath: "/nowhere/offsets.db", outputs: [])
        if !sweep { (configuration.tail.sweep, configuration.tail.reconcile) = (nil, nil) }
        return await APICheck(configuration: configuration, transport: bench.transport).findings()
    }

    private func verdicts(_ findings: [CheckFinding]) -> [String] { findings.map { "\($0.subject) \($0.verdict)" } }

    @Test func `finds that all is well, by what it asked`() async throws {
        try await CommandBench.run { bench in
            let found = try await findings(bench)
            // The bench's time stands still, long ago.
            #expect(
                verdicts(found) == [
                    "token ok", "region ok", "permission ok", "services ok", "services ok", "clock warning", "requests ok",
                ])
            let known = try await ServiceCatalog.load(genesys: bench.genesys(), transport: bench.transport)
            #expect(found.contains { $0.seen == "the realtime endpoint knows \(known.realtime.count) services" })
            #expect(found.contains { $0.seen == "the asynchronous endpoint knows \(known.asynchronous.count) services" })
            #expect(found.last?.seen.hasPrefix("the API allows 1000000 in a window") == true)
        }
    }

    @Test func `without a token asks nothing more, and says so`() async throws {
        try await CommandBench.run { bench in
            let found = try await findings(bench, secret: "somebody-elses")
            #expect(
                verdicts(found) == [
                    "token failed", "region skipped", "permission skipped", "services skipped", "clock skipped",
                    "requests skipped",
                ])
            #expect(CheckReport(found).status == 77)
            #expect(found[0].hint?.contains("the client id, the secret and the region") == true)
        }
    }

    @Test func `finds a permission that is missing, beside a token that is good`() async throws {
        try await CommandBench.run(faults: "forbidden") { bench in
            let found = try await findings(bench)
            #expect(verdicts(found).prefix(3) == ["token ok", "region ok", "permission failed"])
            #expect(found[2].hint?.contains("audits:audit:view") == true)
            #expect(CheckReport(found).status == 77)
        }
    }

    @Test func `asks for one service where the API takes no other query`() async throws {
        try await CommandBench.run(faults: "service-name-required") { bench in
            let found = try await findings(bench)
            #expect(verdicts(found).contains("permission ok"))
        }
    }

    @Test func `finds a service that is not there, and the name that was meant`() async throws {
        try await CommandBench.run { bench in
            let found = try await findings(bench) {
                $0.services = .only(["Architct"])
                $0.excludedServices = ["Nothing like it"]
            }
            let failed = found.filter { $0.verdict == .failed }
            #expect(failed.count == 2)
            #expect(
                failed[0].seen.contains("genesys.services: 'Architct'") && failed[0].seen.contains("did you mean 'Architect'?"))
            #expect(failed[1].seen.contains("genesys.exclude_services: 'Nothing like it'"))
            #expect(CheckReport(found).status == 78)
        }
    }

    @Test func `warns of a service that is never read, since only the other endpoint has it`() async throws {
        try await CommandBench.run { bench in
            let catalog = try await ServiceCatalog.load(genesys: bench.genesys(), transport: bench.transport)
            let name = try #require(catalog.asynchronous.keys.sorted().first { catalog.realtime[$0] == nil })
            for sweep in [true, false] {
                let found = try await findings(bench, sweep: sweep) { $0.services = .only([name]) }
                #expect(found.contains { $0.verdict == .warning && $0.seen.contains("'\(name)'") } != sweep)
            }
        }
    }

    @Test func `warns of a clock that is off, and says for what it matters`() {
        func clock(_ seconds: Int) -> CheckFinding { ClockCheck(skew: .seconds(seconds), api: "https://api.example").finding() }
        #expect(clock(5).verdict == .ok)
        #expect(clock(-5).verdict == .ok)
        #expect(clock(90).seen.hasPrefix("this machine's clock is 90 s behind the API's; no audit is missed for it"))
        #expect(clock(-90).seen.hasPrefix("this machine's clock is 90 s ahead of the API's"))
        #expect(ClockCheck(skew: nil, api: "https://api.example").finding().code == .failed)
    }

    @Test func `warns of a share of requests that the API does not allow`() {
        let limit = RateLimit(allowed: 300, count: 7, reset: nil)
        #expect(
            AllowanceCheck(limit: limit, share: .automatic).finding() == .ok("requests", "the API allows 300 in a window, 7 used")
        )
        #expect(AllowanceCheck(limit: limit, share: .perMinute(301)).finding().verdict == .warning)
        #expect(AllowanceCheck(limit: limit, share: .perMinute(300)).finding().verdict == .ok)
    }
}
