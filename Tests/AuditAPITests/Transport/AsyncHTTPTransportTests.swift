import AuditAPI
import Testing

@Suite(.timeLimit(.minutes(5))) struct AsyncHTTPTransportTests {
    private static func failure(_ url: String, timeout: Duration = .seconds(240)) async throws -> AuditAPIError? {
        let transport = AsyncHTTPTransport()
        let request = APIRequest(endpoint: .serviceMapping, method: .get, url: url, timeout: timeout)
        let error = await apiError { try await transport.execute(request) }
        try await transport.shutdown()
        return error
    }

    @Test func `a refused connection fails at once and says so`() async throws {
        let port = try ClosedPort()
        let error = try await AsyncHTTPTransportTests.failure("http://127.0.0.1:\(port.number)/")
        withExtendedLifetime(port) {}
        #expect(error?.kind == .connection)
        #expect(error?.message.contains("connection refused") == true)
    }

    @Test func `a name that does not exist says so`() async throws {
        let error = try await AsyncHTTPTransportTests.failure("http://no-such-host.invalid/")
        #expect(error?.kind == .connection)
        #expect(error?.message == "the name 'no-such-host.invalid' cannot be resolved")
    }

    @Test func `a server that speaks no TLS is a failure of the connection`() async throws {
        let error = try await ByteServer.answering("this is no TLS\r\n\r\n") { port in
            try await AsyncHTTPTransportTests.failure("https://127.0.0.1:\(port)/")
        }
        #expect(error?.kind == .connection)
        #expect(error?.message.contains("TLS") == true)
    }

    @Test func `a body that ends early is a failure of the connection`() async throws {
        let error = try await ByteServer.answering("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"entities\":") { port in
            try await AsyncHTTPTransportTests.failure("http://127.0.0.1:\(port)/")
        }
        #expect(error?.kind == .connection)
    }

    @Test func `a body that stalls ends with the deadline`() async throws {
        let answer = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"entities\":"
        let error = try await ByteServer.answering(answer, thenClose: false) { port in
            try await AsyncHTTPTransportTests.failure("http://127.0.0.1:\(port)/", timeout: .milliseconds(200))
        }
        #expect(error?.kind == .timeout)
    }

    @Test func `a streamed body that stalls ends with the deadline of one read`() async throws {
        let answer = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n[1,"
        let error = try await ByteServer.answering(answer, thenClose: false) { port in
            let transport = AsyncHTTPTransport()
            let request = APIRequest(
                endpoint: .download, method: .get, url: "http://127.0.0.1:\(port)/", timeout: .milliseconds(200))
            let error = await apiError {
                let stream = try await transport.stream(request)
                while try await stream.chunks.next() != nil {}
            }
            try await transport.shutdown()
            return error
        }
        #expect(error?.kind == .timeout)
    }

    @Test func `a body over its limit is malformed`() async throws {
        let body = String(repeating: "x", count: 5000)
        let error = try await ByteServer.answering("HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n\(body)") { port in
            let transport = AsyncHTTPTransport()
            let request = APIRequest(
                endpoint: .serviceMapping, method: .get, url: "http://127.0.0.1:\(port)/", bodyLimit: 4999)
            let error = await apiError { try await transport.execute(request) }
            try await transport.shutdown()
            return error
        }
        #expect(error?.kind == .malformed)
    }

    @Test func `a redirect is not followed`() async throws {
        let answer = "HTTP/1.1 302 Found\r\nLocation: http://no-such-host.invalid/\r\nContent-Length: 2\r\n\r\n{}"
        let response = try await ByteServer.answering(answer) { port in
            let transport = AsyncHTTPTransport()
            let request = APIRequest(endpoint: .queryResults, method: .get, url: "http://127.0.0.1:\(port)/")
            let response = try await transport.execute(request)
            try await transport.shutdown()
            return response
        }
        #expect(response.status == 302)
        #expect(response.headers["LOCATION"] == "http://no-such-host.invalid/")
        #expect(response.body == Array("{}".utf8))
    }
}
