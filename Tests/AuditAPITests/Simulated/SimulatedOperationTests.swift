import AuditAPI
import Testing

/// All seven operations over real HTTP.
@Suite(.timeLimit(.minutes(5))) struct SimulatedOperationTests {
    @Test func `both service mappings name services, and realtime knows no other`() async throws {
        try await SimulatedOrganization.run { organization in
            let realtime = try await organization.client.realtimeServiceMapping().serviceNames
            let asynchronous = try await organization.client.serviceMapping().serviceNames
            #expect(!realtime.isEmpty)
            #expect(Set(realtime).isSubset(of: Set(asynchronous)))
        }
    }

    @Test func `realtime pages hold all audits that realtime knows, raw and as models`() async throws {
        try await SimulatedOrganization.run { organization in
            let client = organization.client
            let known = Set(organization.simulator.truth().filter { $0.realtime != nil }.map(\.id))
            var request = AuditRealtimeQueryRequest(
                interval: organization.history, sort: [.ascending], pageNumber: 1, pageSize: 100)
            var raw: [AuditID] = []
            while true {
                let page = try await client.realtimeQueryPage(request, expand: [.user])
                raw += page.page.audits.compactMap(\.id)
                #expect(page.page.audits.allSatisfy { $0.instant != nil })
                #expect(page.metadata.serverDate != nil && page.metadata.rateLimit != nil)
                guard let number = page.pageNumber, let count = page.pageCount, number < count else { break }
                request.pageNumber = number + 1
            }
            #expect(Set(raw) == known)
            var models: [AuditID] = []
            for try await audit in client.realtimeAudits(in: organization.history, pageSize: 100) {
                models.append(AuditID(try #require(audit.id)))
            }
            #expect(models == raw)
        }
    }

    @Test func `an asynchronous query is created, waited for and read to its last page`() async throws {
        try await SimulatedOrganization.run { organization in
            let client = organization.client
            let id = try await organization.succeededQuery()
            var ids: Set<AuditID> = []
            for try await audit in client.auditResults(transactionID: id, pageSize: 300) {
                ids.insert(AuditID(try #require(audit.id)))
            }
            #expect(ids == organization.truth)
            #expect(organization.requests.withLockedValue { $0.count { $0.endpoint == .queryResults } } == 3)
        }
    }

    @Test(arguments: ["large-pages", "large-pages,redirect-location"])
    func `pages that are too large are downloaded whole, without the token`(faults: String) async throws {
        try await SimulatedOrganization.run(faults: faults) { organization in
            let client = organization.client
            let id = try await organization.succeededQuery()
            let refused = await apiError { try await client.queryResultsPage(transactionID: id, pageSize: 500) }
            #expect(refused?.kind == .tooLarge)
            var ids: Set<AuditID> = []
            var cursor: String?
            repeat {
                let page = try await client.queryResultsPage(
                    transactionID: id, cursor: cursor, pageSize: 500, allowRedirect: true)
                switch page.content {
                case .page(let audits): ids.formUnion(audits.audits.compactMap(\.id))
                case .download(let url):
                    for try await piece in client.download(url) {
                        #expect(piece.audits.allSatisfy { $0.instant != nil })
                        ids.formUnion(piece.audits.compactMap(\.id))
                    }
                }
                cursor = page.cursor
            } while cursor != nil
            #expect(ids == organization.truth)
            let downloads = organization.requests.withLockedValue { $0.filter { $0.endpoint == .download } }
            #expect(!downloads.isEmpty)
            #expect(downloads.allSatisfy { $0.header("authorization") == nil })
        }
    }

    @Test func `related audits hold the audit itself, and an unknown id is notFound`() async throws {
        try await SimulatedOrganization.run { organization in
            let client = organization.client
            let entry = try #require(organization.simulator.truth().first { $0.realtime != nil })
            let request = AuditRealtimeRelatedRequest(auditId: entry.id.description)
            let page = try await client.relatedPage(request)
            #expect(page.page.audits.contains { $0.id == entry.id })
            let models = try await client.realtimeRelated(request, expand: [.user])
            #expect(models.entities?.count == page.page.audits.count)
            let unknown = AuditRealtimeRelatedRequest(auditId: "00000000-0000-4000-8000-000000000000")
            #expect(await apiError { try await client.relatedPage(unknown) }?.kind == .notFound)
        }
    }

    @Test func `users have names when they are asked for, and not otherwise`() async throws {
        try await SimulatedOrganization.run { organization in
            var request = AuditRealtimeQueryRequest(interval: organization.history, pageSize: 200)
            request.sort = [.descending]
            let expanded = try await organization.client.realtimeQuery(request, expand: [.user])
            let plain = try await organization.client.realtimeQuery(request)
            #expect(expanded.entities?.contains { $0.user?.name != nil } == true)
            #expect(plain.entities?.allSatisfy { $0.user?.name == nil } == true)
        }
    }
}
