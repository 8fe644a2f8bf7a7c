import AuditCore
import Testing

@Suite struct AuditIDTests {
    @Test(arguments: [
        "0b6f2a52-9d0e-4a0e-8f5b-1f6f3f6b8a01", "ffffffff-ffff-ffff-ffff-ffffffffffff", "00000000-0000-0000-0000-000000000000",
        "0B6F2A52-9D0E-4A0E-8F5B-1F6F3F6B8A01", "0b6f2a529d0e4a0e8f5b1f6f3f6b8a01", "evt-1", "", "Zoë",
        "0b6f2a52-9d0e-4a0e-8f5b_1f6f3f6b8a01",
    ])
    func `an id comes back as the API wrote it`(text: String) {
        #expect(AuditID(text).description == text)
    }

    @Test func `a canonical UUID is packed and everything else is kept as text`() {
        #expect(AuditID("00000000-0000-0001-8000-00000000000a") == .uuid(high: 1, low: 0x8000_0000_0000_000a))
        #expect(AuditID("ABCDEFAB-0000-0001-8000-00000000000a") == .text("ABCDEFAB-0000-0001-8000-00000000000a"))
    }
}
