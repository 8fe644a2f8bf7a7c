import Engine
import Testing

@Suite struct ParkingTests {
    @Test(arguments: [Duration.zero, .seconds(1), .seconds(180)])
    func `a short wait is a pause for all`(wait: Duration) {
        var parking = Parking()
        #expect(parking.refused(.realtime, for: wait, at: .seconds(10)) == .pause(until: .seconds(10) + wait))
        #expect(RequestFamily.allCases.allSatisfy { parking.rest(of: $0, at: .seconds(10)) == nil })
    }

    @Test func `a refusal that names no time is a short pause`() {
        var parking = Parking()
        #expect(parking.refused(.asynchronous, for: nil, at: .seconds(10)) == .pause(until: .seconds(13)))
    }

    @Test func `a long wait is for the refused family alone`() {
        var parking = Parking()
        #expect(parking.refused(.realtime, for: .seconds(3600), at: .seconds(10)) == .parked(until: .seconds(3610)))
        #expect(parking.rest(of: .realtime, at: .seconds(11)) == .seconds(3599))
        #expect(parking.rest(of: .asynchronous, at: .seconds(11)) == nil)
        #expect(parking.rest(of: .other, at: .seconds(11)) == nil)
        #expect(parking.rest(of: .realtime, at: .seconds(3610)) == nil)
    }

    @Test func `nobody is believed who asks for more than a day`() {
        var parking = Parking()
        #expect(parking.refused(.realtime, for: .seconds(366 * 86_400), at: .zero) == .parked(until: .seconds(86_400)))
    }

    @Test func `a long wait of no family parks none`() {
        var parking = Parking()
        #expect(parking.refused(nil, for: .seconds(3600), at: .zero) == .unshared)
        #expect(RequestFamily.allCases.allSatisfy { parking.rest(of: $0, at: .zero) == nil })
    }

    @Test func `a parking begins once and ends once, however often it was refused`() {
        var parking = Parking()
        _ = parking.refused(.realtime, for: .seconds(1000), at: .zero)
        #expect(parking.refused(.realtime, for: .seconds(2000), at: .seconds(1)) == .stillParked)
        #expect(parking.refused(.realtime, for: .seconds(500), at: .seconds(2)) == .stillParked)
        #expect(parking.ended(at: .seconds(2000)) == [])
        #expect(parking.ended(at: .seconds(2001)) == [.realtime])
        #expect(parking.ended(at: .seconds(2001)) == [])
        #expect(parking.refused(.realtime, for: .seconds(500), at: .seconds(2002)) == .parked(until: .seconds(2502)))
    }
}
