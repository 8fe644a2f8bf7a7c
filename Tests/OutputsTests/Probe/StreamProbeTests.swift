import NIOCore
import NIOPosix
import TestTraits
import Testing

@testable import Outputs

/// A probe of a name with several addresses.
@Suite(.fewAtATime, .timeLimit(.minutes(5)))
struct StreamProbeTests {
    /// The second address is tried while the first has not answered (RFC 8305 section 5), and its connection is given up when the first does.
    @Test func `a first address that answers late is sound, whatever becomes of the second`() async throws {
        let (first, second) = (try FullListener(), try FullListener())
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let resolver = FixedResolver(addresses: [first.address, second.address], loop: loop)
        let address = HostPort("collector.example", 6514)
        let dialer = Dialer(ConnectionSettings(addresses: [address]), group: loop, resolver: resolver)
        async let probe: Void = StreamProbe.run(address, dialer)
        while try !second.isTried { await Task.yield() }
        #expect(try first.isTried)
        first.makeRoom()
        try await probe
        #expect(try !second.isTried)
    }
}
