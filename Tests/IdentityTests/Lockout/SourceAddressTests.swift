import Testing

@testable import Identity

@Suite struct SourceAddressTests {
    @Test(arguments: [
        ("192.0.2.1", "192.0.2.1"), ("::ffff:192.0.2.1", "192.0.2.1"), ("2001:db8:1:2::7", "2001:db8:1:2::/64"),
        ("2001:0DB8:0001:0002:ffff:1:2:3", "2001:db8:1:2::/64"), ("fe80::1%eth0", "fe80:0:0:0::/64"),
        ("::1", "0:0:0:0::/64"),
    ])
    func `one form for each address, and one for each network of IPv6`(written: String, counted: String) {
        #expect(SourceAddress(written)?.text == counted)
    }

    @Test(arguments: [nil, "", "unknown", "192.0.2", "192.0.2.1:80"])
    func `what cannot be read is none`(text: String?) {
        #expect(SourceAddress(text) == nil)
    }
}
