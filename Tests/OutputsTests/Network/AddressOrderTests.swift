import TestTraits
import Testing

@testable import Outputs

@Suite(.fewAtATime)
struct AddressOrderTests {
    private let addresses = ["a", "b", "c"].map { HostPort($0, 1) }

    private func hosts(_ order: AddressOrder, at seconds: Int) -> String {
        order.order(at: .seconds(seconds)).map(\.host).joined()
    }

    @Test func `receivers are tried as they were named`() {
        #expect(hosts(AddressOrder(addresses), at: 0) == "abc")
    }

    @Test func `who failed lately is tried last, who failed first before who failed later`() {
        var order = AddressOrder(addresses)
        order.failed(addresses[0], at: .seconds(0))
        #expect(hosts(order, at: 1) == "bca")
        order.failed(addresses[1], at: .seconds(10))
        #expect(hosts(order, at: 10) == "cab")
    }

    @Test func `a failure is forgotten after a while, and by success`() {
        var order = AddressOrder(addresses)
        order.failed(addresses[0], at: .seconds(0))
        #expect(hosts(order, at: 29) == "bca")
        #expect(hosts(order, at: 30) == "abc")
        order.failed(addresses[0], at: .seconds(31))
        order.succeeded(addresses[0])
        #expect(hosts(order, at: 31) == "abc")
    }

    @Test func `one receiver alone is tried again at once`() {
        var order = AddressOrder([addresses[0]])
        order.failed(addresses[0], at: .seconds(0))
        #expect(hosts(order, at: 0) == "a")
    }
}
