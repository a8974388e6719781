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

@Suite struct TenantStateTests {
    @Test func `only an open tenant can be suspended, and only a suspended one resumed`() {
        for state in TenantState.allCases {
            let suspended = try? state.suspended()
            let resumed = try? state.resumed()
            #expect(suspended == ([.trial, .active].contains(state) ? .suspended : nil))
            #expect(resumed == (state == .suspended ? .active : nil))
        }
    }
}
