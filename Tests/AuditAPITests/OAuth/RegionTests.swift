import AuditAPI
import Testing

@Suite struct RegionTests {
    @Test func `all eighteen regions are known by name and by domain`() {
        #expect(Region.all.count == 18)
        #expect(Set(Region.all.map(\.name)).count == 18)
        for region in Region.all {
            #expect(Region(region.name) == region)
            #expect(Region(region.domain) == region)
        }
    }

    @Test(arguments: [
        ("eu-west-1", "mypurecloud.ie"), ("EU_WEST_1", "mypurecloud.ie"), ("api.mypurecloud.de", "mypurecloud.de"),
        ("login.usw2.pure.cloud", "usw2.pure.cloud"), ("us-east-2", "use2.us-gov-pure.cloud"),
        ("eusc-de-east-1", "edee1.eusc-pure.cloud"), ("ap-southeast-2", "mypurecloud.com.au"),
    ])
    func `a region is found however it is written`(text: String, domain: String) {
        #expect(Region(text)?.domain == domain)
    }

    @Test(arguments: [
        ("eu-wset-1", "eu-west-1"), ("euwest1", "eu-west-1"), ("mypurecloud.i", "mypurecloud.ie"),
        ("apnee3.pure.cloud", "apne3.pure.cloud"), ("us-east1", "us-east-1"),
    ])
    func `a typo gets the nearest name`(text: String, suggestion: String) {
        #expect(Region(text) == nil)
        #expect(Region.suggestion(for: text) == suggestion)
    }

    @Test func `what is like no region gets no suggestion`() {
        #expect(Region.suggestion(for: "the moon") == nil)
        #expect(Region.suggestion(for: "") == nil)
    }
}
