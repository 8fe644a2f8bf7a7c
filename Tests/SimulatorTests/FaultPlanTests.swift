import AuditCore
import Testing

@testable import Simulator

@Suite struct FaultPlanTests {
    @Test func `a plan is read from names, with parameters where they matter`() throws {
        let plan = try FaultPlan(names: "late fraction=0.5 delay=2m,reset, truncate every=3")
        #expect(plan.names == ["late", "truncate", "reset"])
        #expect(plan.fraction(.late, "fraction") == 0.5)
        #expect(plan.duration(.late, "delay") == .seconds(120))
        #expect(plan.number(.truncate, "every") == 3)
        #expect(plan.number(.reset, "every") == 37)
        #expect(plan.number(.malformed, "every") == nil)
        #expect(try FaultPlan(names: "").isEmpty)
    }

    @Test func `a plan is read from lines with comments`() throws {
        let plan = try FaultPlan(text: "# evening\nlate delay=1s # rarely\n\n  rate-limit\tevery=2 wait=9s\r\n", file: "f")
        #expect(plan.names == ["late", "rate-limit"])
        #expect(plan.duration(.rateLimit, "wait") == .seconds(9))
    }

    @Test(arguments: [
        ("trunkate", "f:2: fault 'trunkate' is unknown", "'truncate'"),
        ("late fractoin=1", "f:2: parameter of fault 'late' 'fractoin' is unknown", "'fraction'"),
        ("late fraction=2", "f:2: fault 'late': 'fraction=2' cannot be understood", "fraction=0.05"),
        ("late delay=soon", "f:2: fault 'late': 'delay=soon' cannot be understood", "delay=90s"),
        ("truncate every=0", "f:2: fault 'truncate': 'every=0' cannot be understood", "every=7"),
        ("truncate every", "f:2: fault 'truncate': 'every' cannot be understood", "every=7"),
        ("forbidden every=1", "f:2: parameter of fault 'forbidden' 'every' is unknown", "no parameters"),
    ])
    func `an error names the line, the word and the way out`(line: String, message: String, hint: String) throws {
        let failure = #expect(throws: Failure.self) { try FaultPlan(text: "slow\n\(line)", file: "f") }
        #expect(failure?.code == .data)
        #expect(failure?.message == message)
        #expect(failure?.hint.contains(hint) == true, "\(failure?.hint ?? "")")
    }

    @Test func `every fault is documented, and its standard values are values`() throws {
        #expect(FaultPlan.documentation.count == Fault.allCases.count)
        for (name, meaning, parameters) in FaultPlan.documentation {
            #expect(!meaning.isEmpty)
            #expect(try FaultPlan(names: "\(name) \(parameters)") == FaultPlan(names: name))
        }
    }

    @Test func `every Nth request is hit, and no other`() throws {
        var counters = InterferenceCounters(plan: try FaultPlan(names: "truncate every=3,error-500 every=2"))
        let hits = (1...6).map { _ in counters.next() }
        #expect(hits.map { $0.damage != nil } == [false, false, true, false, false, true])
        #expect(hits.map { $0.refusal != nil } == [false, true, false, true, false, true])
    }
}
