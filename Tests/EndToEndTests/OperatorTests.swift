import FaultScenes
import Foundation
import Simulator
import TestTraits
import Testing

/// What the operator's port of the built program says while the world is well, and while it is not.
@Suite(.fewAtATime, .timeLimit(.minutes(10)))
struct OperatorTests {
    private func with(
        _ organization: SimulatorConfiguration, outputs: String, offsets: String = "offsets.db",
        _ body: @escaping @Sendable (Scene, OperatorPort, Program) async throws -> Void
    ) async throws {
        try await Scene.with(organization) { scene in
            let port = try OperatorPort()
            let configuration = try scene.write(
                """
                tail: {since: 20m, poll_interval: 1s}
                outputs: \(outputs.replacingOccurrences(of: "DIRECTORY", with: scene.directory))
                \(port.section)
                """, to: "auditferry.yaml")
            let arguments = ["run", "--config", configuration, "--offsets", scene.path(offsets)]
            try await Program.with(arguments, environment: scene.environment) { program in
                do {
                    try await body(scene, port, program)
                } catch {
                    Issue.record("\(error)\n\(program.errors)")
                }
            }
        }
    }

    private static let file = "{archive: {type: file, path: DIRECTORY/audits.ndjson}}"

    @Test func `says that it is healthy and ready, what it has delivered, and nothing of what is in it`() async throws {
        try await with(try Scene.organization(events: 500), outputs: OperatorTests.file) { scene, port, program in
            let delivered = "auditferry_events_delivered_total{output=\"archive\"} \(scene.visible.count)\n"
            let metrics = try await port.get("/metrics") { $0.text.contains(delivered) }
            #expect(metrics.headers["content-type"]?.hasPrefix("text/plain; version=0.0.4") == true)
            #expect(metrics.text.contains("auditferry_api_requests_total{endpoint=\"token\",status=\"200\"} 1\n"))
            #expect(metrics.text.contains("auditferry_output_connected{output=\"archive\"} 1\n"))
            #expect(try await port.get("/healthz").status == 200)
            #expect(try await port.get("/readyz").text == #"{"healthy":true,"problems":[],"ready":true}"# + "\n")
            let status = try await port.get("/status").text
            let document = try JSONDecoder().decode(Document.self, from: Data(status.utf8))
            #expect(document.outputs.map(\.delivered) == [scene.visible.count])
            #expect(document.outputs.map(\.guarantee) == ["durable"])
            #expect(document.services.reduce(0) { $0 + $1.received } >= scene.visible.count)
            let page = try await port.get("/")
            #expect(page.headers["content-security-policy"]?.hasPrefix("default-src 'none'") == true)
            #expect(!page.text.contains("https://") && !page.text.contains("http://www.w3.org/1999"))
            for text in [metrics.text, status, page.text] {
                #expect(!text.contains("kept-to-ourselves") && !scene.visible.contains { text.contains($0) })
            }
            program.send(SIGTERM)
            #expect(try await program.status() == 0)
        }
    }

    @Test func `answers nothing but reading, and nothing but what it has`() async throws {
        try await with(try Scene.organization(events: 10), outputs: OperatorTests.file) { _, port, _ in
            try await port.get("/healthz") { $0.status == 200 }
            let refused = try await port.get("/healthz", .post)
            #expect(refused.status == 405 && refused.headers["allow"] == "GET, HEAD")
            #expect(try await port.get("/nowhere").status == 404)
            #expect(try await port.get("/healthz?full=1").status == 200)
        }
    }

    @Test(.enabled(if: OperatorProgram.promtool.isInstalled, "promtool is not installed"))
    func `has metrics that promtool finds nothing wrong with`() async throws {
        let outputs = "{archive: {type: file, path: DIRECTORY/audits.ndjson}, siem: {type: tcp, address: '127.0.0.1:1'}}"
        try await with(try Scene.organization(events: 500, faults: "no-id"), outputs: outputs) { scene, port, _ in
            let metrics = try await port.get("/metrics") {
                $0.text.contains("auditferry_output_connected{output=\"siem\"} 0\n")
                    && !$0.text.contains("auditferry_events_rejected_total{output=\"archive\",reason=\"no_id\"} 0\n")
            }
            let file = try scene.write(metrics.text, to: "metrics.txt")
            let ended = try await OperatorProgram.run("promtool check metrics <'\(file)'", home: scene.directory)
            #expect(ended.status == 0 && ended.output.isEmpty && ended.errors.isEmpty, "\(ended.output)\(ended.errors)")
        }
    }

    @Test(.enabled(if: OperatorProgram.chromium.isInstalled, "chromium is not installed"))
    func `has a page that shows what its status says`() async throws {
        let outputs = "{archive: {type: file, path: DIRECTORY/audits.ndjson}, siem: {type: tcp, address: '127.0.0.1:1'}}"
        try await with(try Scene.organization(events: 500), outputs: outputs) { scene, port, _ in
            try await port.get("/status") {
                $0.text.contains("refusing") && $0.text.contains("\"delivered\":\(scene.visible.count)")
            }
            let flags =
                "--headless --no-sandbox --disable-gpu --virtual-time-budget=5000 --user-data-dir='\(scene.path("browser"))'"
            let ended = try await OperatorProgram.run("chromium \(flags) --dump-dom \(port.url)/", home: scene.directory)
            let dom = ended.output
            #expect(dom.contains("healthy, not ready"), "\(ended.errors)")
            #expect(dom.contains("data-output=\"archive\"") && dom.contains("data-output=\"siem\""))
            #expect(dom.contains("guarantee: durable") && dom.contains("guarantee: transport"))
            #expect(dom.contains("<dd>\(scene.visible.count)</dd>"))
            #expect(dom.contains("connection refused"))
            #expect(dom.contains("class=\"covered\""))
            #expect(dom.contains("PeoplePermissions"))
        }
    }

    @Test func `is not ready while a collector is down, and ready when it is up`() async throws {
        let collector = try ReservedPort()
        let outputs = "{siem: {type: tcp, address: '127.0.0.1:\(collector.number)', retry: {first: 50ms, most: 200ms}}}"
        try await with(try Scene.organization(events: 500), outputs: outputs) { _, port, _ in
            let refused = try await port.get("/readyz") { $0.status == 503 && $0.text.contains("it refuses") }
            #expect(refused.text.contains("\"subject\":\"output siem\""))
            #expect(try await port.get("/healthz").status == 200)
            let receiver = try await LineReceiver(port: collector.number)
            try await port.get("/readyz") { $0.status == 200 }
            #expect(try await port.get("/metrics").text.contains("auditferry_output_connected{output=\"siem\"} 1\n"))
            try await receiver.close()
        }
    }

    @Test(arguments: ["unauthorized every=1", "forbidden"])
    func `is not ready while the API refuses it, and ready when it does not`(_ faults: String) async throws {
        try await with(try Scene.organization(events: 100), outputs: OperatorTests.file) { scene, port, _ in
            try await port.get("/readyz") { $0.status == 200 }
            scene.simulator.interfere(try FaultPlan(names: faults))
            try await port.get("/readyz") { $0.status == 503 && $0.text.contains("the API cannot be read") }
            scene.simulator.interfere(.none)
            try await port.get("/readyz") { $0.status == 200 }
        }
    }

    @Test(.enabled("no disk can be mounted here") { try await Disk.obstacle() == nil }, arguments: [true, false])
    func `is not ready while a disk is full, and ready when there is room`(_ isOfOffsets: Bool) async throws {
        var organization = try Scene.organization(events: 100)
        organization.eventsPerSecond = 5
        let archive = isOfOffsets ? "DIRECTORY/audits.ndjson" : "DIRECTORY/disk/audits.ndjson"
        let ready = organization
        try await Scene.withDirectory { directory in
            try await Disk.inMemory(at: directory + "/disk", mebibytes: 8) { disk in
                let file = archive.replacingOccurrences(of: "DIRECTORY", with: directory)
                let outputs = "{archive: {type: file, path: \(file), retry: {first: 50ms, most: 200ms}}}"
                let offsets = isOfOffsets ? disk.offsets : directory + "/offsets.db"
                try await Scene.with(ready) { scene in
                    let port = try OperatorPort()
                    let configuration = try scene.write(
                        """
                        tail: {since: 20m, poll_interval: 1s}
                        outputs: \(outputs)
                        \(port.section)
                        """, to: "auditferry.yaml")
                    let arguments = ["run", "--config", configuration, "--offsets", offsets]
                    try await Program.with(arguments, environment: scene.environment) { _ in
                        try await port.get("/readyz") { $0.status == 200 }
                        try disk.fill()
                        // What the program has open may have some room left.
                        let full = try await port.get("/readyz") { answer in
                            scene.clock.advance(by: .seconds(1))
                            return answer.status == 503
                        }
                        #expect(full.text.contains(isOfOffsets ? "they cannot be committed" : "it refuses"), "\(full.text)")
                        try disk.makeRoom()
                        try await port.get("/readyz") { $0.status == 200 }
                    }
                }
            }
        }
    }

    @Test func `ends with the status of a bad configuration where the address is in use`() async throws {
        let taken = try await LineReceiver()
        try await Scene.with(try Scene.organization(events: 10)) { scene in
            let configuration = try scene.write("http: {listen: '127.0.0.1:\(taken.port)'}", to: "auditferry.yaml")
            let ended = try await Program.run(
                ["run", "--config", configuration, "--offsets", scene.offsets], environment: scene.environment)
            #expect(ended.status == 78 && ended.output.isEmpty)
            #expect(ended.errors.contains("http.listen: '127.0.0.1:\(taken.port)' cannot be used: address already in use"))
        }
        try await taken.close()
    }

    private struct Document: Decodable {
        struct Output: Decodable { let guarantee: String, delivered: Int }
        struct Service: Decodable { let received: Int }
        let outputs: [Output]
        let services: [Service]
    }
}
