import AuditCore
import FoundationEssentials

extension AuditAPIClient {
    /// All audits of an asynchronous query that has succeeded, page after page by the cursor. A page that is too large for an
    /// answer is downloaded, and its audits are given under the same names (without a status, and not expanded).
    public func auditResults(
        transactionID: String, pageSize: Int = AuditAPIClient.largestResultsPage, expand: [Expansion] = []
    ) -> AuditResults {
        AuditResults(client: self, transactionID: transactionID, pageSize: pageSize, expand: expand)
    }
}

/// The audits of an asynchronous query. Each iteration begins with the first page.
public struct AuditResults: AsyncSequence, Sendable {
    public typealias Element = AuditLogMessage

    let client: AuditAPIClient
    let transactionID: String
    let pageSize: Int
    let expand: [Expansion]

    public func makeAsyncIterator() -> Iterator { Iterator(sequence: self) }

    public struct Iterator: AsyncIteratorProtocol, Sendable {
        private let sequence: AuditResults
        private var cursor: String?
        private var pages = 0
        private var download: AuditDownload.Iterator?
        private var ready: ArraySlice<AuditLogMessage> = []
        private var isLastPage = false

        init(sequence: AuditResults) { self.sequence = sequence }

        public mutating func next() async throws -> AuditLogMessage? {
            do {
                while ready.isEmpty {
                    if download != nil {
                        try await readDownload()
                    } else if isLastPage {
                        return nil
                    } else {
                        try await readPage()
                    }
                }
            } catch {
                download = nil
                isLastPage = true
                throw error
            }
            return ready.popFirst()
        }

        private mutating func readPage() async throws {
            guard pages < AuditAPIClient.mostPages else {
                throw AuditAPIError(.bound, "the query has more than \(AuditAPIClient.mostPages) pages", endpoint: .queryResults)
            }
            pages += 1
            let answer = try await sequence.client.queryResults(
                transactionID: sequence.transactionID, cursor: cursor, pageSize: sequence.pageSize, expand: sequence.expand,
                allowRedirect: true)
            switch answer {
            case .results(let results):
                ready = (results.entities ?? [])[...]
                goOn(results.cursor)
            case .large(let results, let location):
                guard let url = sequence.client.downloadURL(results, location: location) else {
                    throw AuditAPIError(
                        .malformed, "the answer names no file that may be downloaded", endpoint: .queryResults)
                }
                download = sequence.client.download(url).makeAsyncIterator()
                goOn(results.cursor)
            }
        }

        private mutating func goOn(_ next: String?) {
            cursor = next
            isLastPage = next == nil || next == ""
        }

        private mutating func readDownload() async throws {
            guard let piece = try await download?.next() else {
                download = nil
                return
            }
            do {
                ready = try piece.audits.map { audit in
                    let bytes = Data(piece.bytes[audit.start..<audit.end])
                    return AuditLogMessage(try JSONDecoder().decode(DownloadedAudit.self, from: bytes))
                }[...]
            } catch {
                throw AuditAPIError(.malformed, "the file holds what is no audit", endpoint: .download)
            }
        }
    }
}
