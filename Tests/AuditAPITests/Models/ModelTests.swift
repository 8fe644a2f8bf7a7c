import AuditAPI
import FoundationEssentials
import Testing

@Suite struct ModelTests {
    private static func decode<Model: Decodable>(_ text: String, as type: Model.Type = Model.self) throws -> Model {
        try JSONDecoder().decode(type, from: Data(text.utf8))
    }

    /// Decodes as the model, encodes it, and compares the JSON values.
    private static func survives<Model: Codable & Equatable>(_ text: String, _ type: Model.Type) throws -> Bool {
        let model = try decode(text, as: type)
        let encoded = try JSONEncoder().encode(model)
        let again = try JSONDecoder().decode(type, from: encoded)
        return try again == model && JSONDecoder().decode(JSONValue.self, from: encoded) == decode(text, as: JSONValue.self)
    }

    @Test(arguments: AuditExamples.all)
    func `an audit is written as it was read`(text: String) throws {
        #expect(try ModelTests.survives(text, AuditLogMessage.self))
    }

    @Test func `unknown values and fields and nulls survive`() throws {
        let audit = try ModelTests.decode(AuditExamples.all[6], as: AuditLogMessage.self)
        #expect(audit.level == "PARTNER")
        #expect(audit.status == AuditStatus(rawValue: "PENDING"))
        #expect(audit.entity == nil)
        #expect(audit.additional["entity"] == .null)
        let unknown = JSONValue.object(["a": .array([.integer(1), .number(2.5), .bool(true), .null])])
        #expect(audit.additional["newTopLevelField"] == unknown)
        #expect(audit.context?["k"] == "line1\nline2\0🚀")
    }

    @Test func `every documented field is read`() throws {
        let audit = try ModelTests.decode(AuditExamples.all[5], as: AuditLogMessage.self)
        #expect(audit.instant == Instant("2026-03-02T08:19:42Z"))
        #expect(audit.user?.name == "Ana Souza")
        #expect(audit.client?.selfUri == "/api/v2/oauth/clients/46a10c81-0000-463e-bc9d-3fbf41ee0001")
        #expect(audit.level == .user)
        #expect(audit.status == .success)
        #expect(audit.initiatingAction?.actionContext == "Publish")
        #expect(audit.transactionInitiator == true)
        #expect(audit.propertyChanges?.first?.oldValues == ["6.0"])
        #expect(audit.entityChanges?.first?.entityName == "Billing")
        #expect(audit.additional == [:])
        let login = try ModelTests.decode(AuditExamples.all[4], as: AuditLogMessage.self)
        #expect(login.message?.messageParams == ["user": "j.doe@example.com"])
        #expect(login.status == .failure)
    }

    @Test func `a field of another type is kept and fails nothing`() throws {
        let text = #"{"id":7,"remoteIp":"10.0.0.1","context":{"n":1},"user":[],"propertyChanges":{"a":null}}"#
        let audit = try ModelTests.decode(text, as: AuditLogMessage.self)
        #expect(audit.id == nil)
        #expect(audit.additional["id"] == .integer(7))
        #expect(audit.additional["remoteIp"] == .string("10.0.0.1"))
        #expect(try ModelTests.survives(text, AuditLogMessage.self))
    }

    @Test func `a value that no type can hold costs that value alone`() throws {
        let text = #"{"id":"a","action":"\ud800","future":[1e999],"context":{"k":"\udc00"},"level":"USER"}"#
        let audit = try ModelTests.decode(text, as: AuditLogMessage.self)
        #expect(audit.id == "a" && audit.level == .user)
        #expect(audit.action == nil && audit.context == nil)
        #expect(audit.additional == ["action": .null, "future": .null, "context": .null])
    }

    @Test func `a downloaded audit is read in its own shape and in that of the queries`() throws {
        #expect(try ModelTests.survives(AuditExamples.downloaded, DownloadedAudit.self))
        let downloaded = try ModelTests.decode(AuditExamples.downloaded, as: DownloadedAudit.self)
        #expect(downloaded.instant == Instant("2026-03-02T08:15:04Z"))
        let audit = AuditLogMessage(downloaded)
        #expect(audit.instant == downloaded.instant)
        #expect(audit.user == DomainEntityRef(id: "u-1", name: "Ana", selfUri: "/api/v2/users/u-1"))
        #expect(audit.client?.id == "")
        #expect(audit.status == nil)
        #expect(audit.additional == ["future": .array([.integer(1)])])
    }

    @Test func `answers, statuses, mappings and errors are written as they were read`() throws {
        let audits = "[" + AuditExamples.all.joined(separator: ",") + "]"
        let realtime = #"{"entities":\#(audits),"pageSize":7,"pageNumber":1,"total":7,"pageCount":1,"x":{}}"#
        #expect(try ModelTests.survives(realtime, AuditRealtimeQueryResults.self))
        #expect(try ModelTests.survives(#"{"entities":[],"x":null}"#, AuditRealtimeRelatedResults.self))
        let results = #"{"id":"t","pageSize":25,"cursor":"c","entities":[],"x":1}"#
        #expect(try ModelTests.survives(results, AuditQueryExecutionResults.self))
        let large = #"{"id":"t","pageSize":25,"cursor":"c","downloadUrl":"https://s3/x","x":1}"#
        #expect(try ModelTests.survives(large, AuditQueryExecutionLargeResults.self))
        let status = #"""
            {"id":"t","state":"Paused","startDate":"d","interval":"a/b","serviceName":"s",
             "filters":[{"property":"Shoe","value":"9","x":1}],"sort":[{"name":"Timestamp","sortOrder":"sideways"}],"x":[]}
            """#
        #expect(try ModelTests.survives(status, AuditQueryExecutionStatus.self))
        let mapping = #"{"services":[{"name":"S","entities":[{"name":"E","actions":["A"],"x":1}],"x":2}],"x":3}"#
        #expect(try ModelTests.survives(mapping, AuditQueryServiceMapping.self))
        let error = #"{"message":"m","messageParams":{"a":"b"},"limit":{"key":"k","value":9007199254740993,"x":1},"x":[]}"#
        #expect(try ModelTests.survives(error, ErrorBody.self))
    }

    @Test func `a list of audits that is none fails, and is not taken for an empty one`() {
        #expect(throws: (any Error).self) {
            try ModelTests.decode(#"{"entities":{}}"#, as: AuditRealtimeQueryResults.self)
        }
        #expect(throws: (any Error).self) { try ModelTests.decode(#"{"cursor":7}"#, as: AuditQueryExecutionResults.self) }
    }
}
