import AuditAPI
import Testing

@Suite struct EndpointsTests {
    @Test func `both hosts follow from the region`() {
        let endpoints = Endpoints(region: Region("sa-east-1")!)
        #expect(endpoints.api == "https://api.sae1.pure.cloud")
        #expect(endpoints.login == "https://login.sae1.pure.cloud")
        #expect(!endpoints.isPlainText)
    }

    @Test func `each host can be replaced`() throws {
        let region = Region("eu-west-1")
        let gateway = try Endpoints(region: region, api: "https://gateway.example:8443/genesys/", login: nil)
        #expect(gateway.api == "https://gateway.example:8443/genesys")
        #expect(gateway.login == gateway.api)
        let login = try Endpoints(region: region, api: nil, login: "http://127.0.0.1:9000")
        #expect(login.api == "https://api.mypurecloud.ie")
        #expect(login.login == "http://127.0.0.1:9000")
        #expect(login.isPlainText)
    }

    @Test func `a login host follows from an api host`() throws {
        #expect(try Endpoints(api: "https://api.new-region.example").login == "https://login.new-region.example")
    }

    @Test(arguments: [
        "", "api.mypurecloud.ie", "ftp://host", "https://", "https://:80", "https://host?x=1", "https://host/a b", "https://hôte",
        "https://user:password@host",
    ])
    func `an address that can be no base is refused`(text: String) {
        #expect(throws: InvalidBaseURL.self) { try Endpoints(api: text) }
    }

    @Test func `a refused address does not show the password that stands in it`() {
        #expect { try Endpoints(api: "https://user:password@host") } throws: { !"\($0)".contains("password") }
    }

    @Test func `neither region nor address is an error`() {
        #expect(throws: InvalidBaseURL.self) { try Endpoints(region: nil, api: nil, login: nil) }
    }
}
