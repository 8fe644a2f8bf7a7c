import FaultScenes
import Testing

/// Whatever keeps a run from moving is said within a minute, and the service manager starts it anew where that can help. All are played at
/// once: they wait more than they work. Other tests use the machine meanwhile; `auditferry-faults --health` has the bound of a minute.
struct HealthTableTests {
    @Test(.timeLimit(.minutes(10)), arguments: HealthFault.all)
    func `what keeps a run from moving is said, and started anew where that helps`(_ fault: HealthFault) async throws {
        if let obstacle = try await fault.missing() { try Test.cancel("\(obstacle)") }
        let outcome = try await fault.play()
        #expect(fault.complaints(about: outcome, within: .seconds(90)) == [], "\(outcome)")
    }
}
