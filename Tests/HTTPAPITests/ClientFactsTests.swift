import HTTPTypes
import Kernel
import Testing

@testable import HTTPAPI

@Suite struct ClientFactsTests {
    private let proxies = ["10.0.0.0/8", "fd00::/8"].compactMap(AddressRange.init)

    private func address(_ peer: String, _ forwarded: String?) -> String {
        var headers = HTTPFields()
        headers[HTTPField.Name("X-Forwarded-For")!] = forwarded
        return ClientFacts(peer: peer, headers: headers, trusted: proxies, isSecure: false).address
    }

    @Test func `only what a trusted proxy vouches for counts`() {
        #expect(address("192.0.2.1", "198.51.100.1") == "192.0.2.1")
        #expect(address("10.0.0.1", "198.51.100.1, 203.0.113.9") == "203.0.113.9")
        #expect(address("10.0.0.1", "203.0.113.9, 10.0.0.2") == "203.0.113.9")
        #expect(address("fd00::1", "2001:DB8::1") == "2001:db8::1")
        #expect(address("10.0.0.1", "203.0.113.9, nonsense") == "10.0.0.1")
        #expect(address("10.0.0.1", nil) == "10.0.0.1")
        #expect(address("::ffff:192.0.2.1", nil) == "192.0.2.1")
        #expect(address("::ffff:10.0.0.1", "203.0.113.9") == "203.0.113.9")
    }

    @Test(arguments: ["10.0.0.0/8", "10.1.2.3", "::/0", "2001:db8::/32", "0.0.0.0/0", "192.0.2.128/25"])
    func `a range is read`(text: String) { #expect(AddressRange(text) != nil) }

    @Test(arguments: ["10.0.0.1/8", "10.0.0.0/33", "10.0.0.0/08", "10.0.0", "/8", "", "10.0.0.0/8/8", "::1/127x", "a"])
    func `what is no range is not`(text: String) { #expect(AddressRange(text) == nil) }

    @Test func `a range holds its addresses to the bit`() throws {
        let range = try #require(AddressRange("192.0.2.128/25"))
        #expect(range.contains("192.0.2.128") && range.contains("192.0.2.255") && range.contains("::ffff:192.0.2.200"))
        #expect(!range.contains("192.0.2.127") && !range.contains("192.0.3.128") && !range.contains("::"))
    }
}
