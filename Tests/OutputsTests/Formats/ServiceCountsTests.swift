import AuditCore
import Formats
import TestTraits
import Testing

@Suite(.fewAtATime)
struct ServiceCountsTests {
    @Test func `audits are counted by their service, and one without a service is not`() {
        let audits = [
            #"{"id":"1","user":{"serviceName":"no"},"serviceName":"Architect","x":1}"#, #"{"serviceName":"Groups"}"#,
            #"{ "id" : "2", "serviceName" : "Architect" }"#, #"{"id":"3"}"#, #"{"serviceName":null}"#, #"{"serviceName":""}"#,
            #"{"serviceName":"Arch\u0069tect"}"#,
        ]
        var (bytes, raw) = ([UInt8](), [RawAudit]())
        for audit in audits {
            let start = bytes.count
            bytes += Array(audit.utf8)
            raw.append(RawAudit(id: nil, instant: nil, start: start, end: bytes.count, hasWhitespace: false))
        }
        #expect(ServiceCounts.of(AuditPage(bytes: bytes, audits: raw)) == ["Architect": 3, "Groups": 1])
    }
}
