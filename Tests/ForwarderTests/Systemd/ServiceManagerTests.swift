import TestTraits
import Testing

@testable import Forwarder

/// What the environment says of the manager, and what is said to it.
@Suite(.fewAtATime)
struct ServiceManagerTests {
    private func manager(_ variables: [String: String]) -> ServiceManager? {
        ServiceManager(environment: variables, process: 42)
    }

    @Test func `without an address there is none`() {
        #expect(manager(["WATCHDOG_USEC": "1000"]) == nil)
        #expect(manager(["NOTIFY_SOCKET": ""]) == nil)
    }

    @Test(
        arguments: [
            ("3000000", nil, Duration.seconds(3)), ("1500", "42", .microseconds(1500)), ("3000000", "43", nil), (nil, "42", nil),
            ("0", nil, nil), ("-5", nil, nil), ("soon", nil, nil),
        ] as [(String?, String?, Duration?)])
    func `signs of life are for the process that is meant`(_ time: String?, _ process: String?, _ expected: Duration?) {
        var variables = ["NOTIFY_SOCKET": "/run/notify"]
        variables["WATCHDOG_USEC"] = time
        variables["WATCHDOG_PID"] = process
        #expect(manager(variables)?.watchdog == expected)
    }

    @Test func `messages are those of sd_notify`() {
        let reloading = Notification.reloading(monotonic: .seconds(5) + .microseconds(7))
        let texts = [Notification.ready, .status("a"), .watchdog, reloading, .stopping].map(\.text)
        #expect(texts == ["READY=1", "STATUS=a", "WATCHDOG=1", "RELOADING=1\nMONOTONIC_USEC=5000007", "STOPPING=1"])
    }

    @Test(arguments: ["", "notify", "@", "/", "vsock:2:1234", "/" + String(repeating: "n", count: 108)])
    func `an address that is none is said to be`(_ address: String) {
        #expect(throws: NotificationSocket.Problem.self) { _ = try NotificationSocket(address: address) }
    }

    @Test func `an address where nobody listens is an error of the message, not of the socket`() throws {
        let socket = try NotificationSocket(address: "@auditferry-nobody-listens-here")
        #expect(throws: NotificationSocket.Problem.unusable("connection refused")) { try socket.send("READY=1") }
    }

    @Test func `a status is one line within its bound, cut between characters`() {
        #expect(StatusLine.line("a\nREADY=1\r\u{85}b") == "a READY=1  b")
        let long = StatusLine.line(String(repeating: "ä", count: 2000))
        #expect(long.hasSuffix("ä...") && long.utf8.count <= StatusLine.mostBytes && long.utf8.count > StatusLine.mostBytes - 3)
    }
}
