import AuditCore

extension AuditAPIClient {
    /// A file of results in pieces of some hundred audits (256 KiB, one audit more), with bounded memory whatever its size.
    ///
    /// The request is sent with the first `next`, without the bearer token. Its audits are those of ``DownloadedAudit``: with
    /// `eventTime`, without a status. The sequence throws where the file is cut off, so that an incomplete one is never taken for
    /// whole; an error of kind `downloadRefused` asks for a new page, with a new address. Nothing is read ahead while the reader is busy.
    public func download(_ url: DownloadURL) -> AuditDownload {
        AuditDownload(client: self, url: url)
    }
}

/// The pieces of one downloaded file. Each iteration fetches it again.
public struct AuditDownload: AsyncSequence, Sendable {
    public typealias Element = AuditPage

    let client: AuditAPIClient
    let url: DownloadURL

    public func makeAsyncIterator() -> Iterator { Iterator(client: client, url: url) }

    public struct Iterator: AsyncIteratorProtocol, Sendable {
        private let client: AuditAPIClient
        private let url: DownloadURL
        private var stream: APIStream?
        private var cutter = AuditCutter()
        private var ready: [AuditPage] = []
        private var received = 0
        private var isDone = false

        init(client: AuditAPIClient, url: DownloadURL) {
            self.client = client
            self.url = url
        }

        public mutating func next() async throws -> AuditPage? {
            while ready.isEmpty, !isDone { try await readMore() }
            return ready.isEmpty ? nil : ready.removeFirst()
        }

        private mutating func readMore() async throws {
            let stream = try await opened()
            let chunk: [UInt8]?
            do {
                chunk = try await Failing.in(.download) { try await stream.chunks.next() }
            } catch {
                isDone = true
                throw error
            }
            do throws(ScanFailure) {
                try take(chunk)
            } catch {
                isDone = true
                throw AuditAPIError(
                    .malformed, "the file is no list of audits: \(error.reason.rawValue), at byte \(error.position)",
                    endpoint: .download, metadata: stream.response.metadata)
            }
        }

        private mutating func take(_ chunk: [UInt8]?) throws(ScanFailure) {
            guard let chunk else {
                isDone = true
                if let last = try cutter.finish() { ready = [last] }
                return
            }
            received += chunk.count
            guard received <= client.limits.download else { throw ScanFailure(.tooLarge, at: received) }
            ready = try cutter.push(chunk)
        }

        private mutating func opened() async throws -> APIStream {
            if let stream { return stream }
            do {
                let opened = try await client.openDownload(url)
                stream = opened
                return opened
            } catch {
                isDone = true
                throw error
            }
        }
    }

}

extension AuditAPIClient {
    private static let largestErrorBody = 1 << 20

    /// Neither the token nor anything else of the API's goes to the host of the file.
    fileprivate func openDownload(_ url: DownloadURL) async throws -> APIStream {
        let request = APIRequest(
            endpoint: .download, method: .get, url: url.text, headers: [("User-Agent", userAgent)], timeout: limits.timeout,
            bodyLimit: AuditAPIClient.largestErrorBody)
        return try await Failing.in(.download) {
            let opened = try await transport.stream(request)
            guard opened.response.isSuccess else { throw AuditAPIClient.downloadFailure(opened.response) }
            return opened
        }
    }

    /// The host of the files is not the API: its refusals say nothing about the token or a permission.
    private static func downloadFailure(_ response: APIResponse) -> AuditAPIError {
        switch response.status {
        case 408, 429, 500...: ErrorAnswer.error(response, of: .download)
        case 400..<500:
            AuditAPIError(
                .downloadRefused(status: response.status), "the host of the file answered \(response.status)",
                endpoint: .download, metadata: response.metadata)
        default:
            AuditAPIError(
                .unexpected(status: response.status), "the host of the file answered \(response.status)",
                endpoint: .download, metadata: response.metadata)
        }
    }
}
