import Kernel
import Testing

@testable import Tenancy

@Suite struct TenantSlugTests {
    @Test(arguments: ["a", "acme", "acme-2", "a1", String(repeating: "a", count: 40)])
    func `a slug can stand in a host name`(text: String) {
        #expect(TenantSlug(text)?.text == text)
    }

    @Test(arguments: [
        "", "Acme", "1acme", "-acme", "acme-", "ac.me", "ac me", "ac+me", "ac/me", "äcme", "acme\n", "xn_1", "a\u{0}",
        String(repeating: "a", count: 41),
    ])
    func `anything else is refused`(text: String) {
        #expect(TenantSlug(text) == nil)
    }

    @Test(arguments: ["provider", "workers", "localhost", "api"])
    func `the installation keeps some names`(text: String) {
        #expect(TenantSlug(text)?.isReserved == true)
    }
}
