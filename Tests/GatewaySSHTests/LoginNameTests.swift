import GatewaySSH
import Testing

@Suite struct LoginNameTests {
    @Test(arguments: [
        ("acme+lin", "acme", "lin", nil as String?, nil as String?),
        ("acme+lin+deploy+web-1", "acme", "lin", "deploy", "web-1"),
        ("acme+lin+web-1", "acme", "lin", nil, "web-1"),
        ("lin", "", "lin", nil, nil),
        ("acme+lin@corp.example+deploy+db.internal", "acme", "lin@corp.example", "deploy", "db.internal"),
    ])
    func `a name says who and where to`(
        _ text: String, _ tenant: String, _ user: String, _ account: String?, _ asset: String?
    ) throws {
        let name = try #require(LoginName(text))
        #expect(name.tenant == tenant)
        #expect(name.user == user)
        #expect(name.target?.account == account)
        #expect(name.target?.asset == asset)
    }

    @Test func `a listener of one tenant leaves the tenant out`() throws {
        let name = try #require(LoginName("lin+deploy+web-1", listenerOf: "acme"))
        #expect(name == LoginName("acme+lin+deploy+web-1"))
    }

    @Test(arguments: [
        "", "+", "acme+", "+lin+a", "acme+lin+", "a+b+c+d+e", "acme+li\u{0}n", "acme+lin\n",
        String(repeating: "x", count: 2000),
    ])
    func `anything else is no name`(_ text: String) {
        #expect(LoginName(text) == nil)
    }
}
