import FoundationEssentials
import Kernel
import Testing

@testable import Identity

struct ProviderChoiceTests {
    private func candidate(
        _ name: String, domains: [String] = [], links: Bool = false, isLinked: Bool = false,
        takesBrowsers: Bool = false
    ) throws -> ProviderCandidate {
        let settings = try LDAPSettings(
            servers: [ProviderServer(host: "ldap.example.org", port: 389)], security: .startTLS, authorities: nil,
            bindDn: nil,
            baseDn: "dc=example", userFilter: "(uid={login})", attributes: .openLDAP,
            groups: .automatic, groupBaseDn: nil, timeoutSeconds: 5)
        let browser = try OIDCSettings(
            issuer: "https://login.example.org", clientId: "c", clientAuthentication: .none, scopes: ["openid"],
            claims: .standard, userinfo: true, algorithms: [.rs256], clockSkewSeconds: 60,
            verifiesEmail: false)
        return ProviderCandidate(
            provider: IdentityProvider(
                id: .new(), name: name, position: 1, enabled: true,
                domains: try domains.map { domain throws(Invalid) in try MailDomain(parsing: domain) },
                createsUsers: true, linksUsers: links, bindsUsers: false, rules: [],
                settings: takesBrowsers ? .oidc(browser) : .ldap(settings), hasSecret: false,
                createdAt: .now, version: 1),
            sealedSecret: nil, isLinked: isLinked)
    }

    private func names(_ all: [ProviderCandidate], _ login: String, hasAccount: Bool = false) throws -> [String] {
        ProviderChoice.candidates(all, for: try #require(Login(login)), hasAccount: hasAccount).map(\.provider.name)
    }

    @Test func `somebody unknown is asked about everywhere, in the order of the providers`() throws {
        let all = [try candidate("first"), try candidate("second", domains: ["example.org"])]
        #expect(try names(all, "ann") == ["first", "second"])
    }

    @Test func `a mail domain leads home`() throws {
        let all = [
            try candidate("first"), try candidate("home", domains: ["example.org"]),
            try candidate("other", domains: ["example.net"]),
        ]
        #expect(try names(all, "ann@example.org") == ["home"])
        #expect(try names(all, "ann@EXAMPLE.org") == ["home"])
        #expect(try names(all, "ann@elsewhere.org") == ["first"])
        #expect(try names(all, "ann@sub.example.org") == ["first"])
    }

    @Test func `a password is never told to a provider that takes the browser, nor to another in its place`() throws {
        let all = [
            try candidate("directory", links: true),
            try candidate("web", domains: ["example.org"], links: true, takesBrowsers: true),
        ]
        #expect(try names(all, "ann") == ["directory"])
        #expect(try names(all, "ann@example.org") == [])
        let linked = [
            try candidate("directory", links: true), try candidate("web", isLinked: true, takesBrowsers: true),
        ]
        #expect(try names(linked, "ann", hasAccount: true) == [])
    }

    @Test func `an account is asked about where it is linked, else where it may be`() throws {
        let all = [try candidate("no"), try candidate("may", links: true), try candidate("is", isLinked: true)]
        #expect(try names(all, "ann", hasAccount: true) == ["is"])
        #expect(try names(Array(all[..<2]), "ann", hasAccount: true) == ["may"])
        #expect(try names(Array(all[..<1]), "ann", hasAccount: true) == [])
    }
}

struct GroupRulesTests {
    @Test(arguments: [
        ("cn=ops,ou=groups,dc=example", true), ("CN=Ops, OU=Groups, DC=Example", true),
        ("cn = ops,ou=groups,dc=example", true),
        ("ops", true), ("OPS", true), ("op", false), ("cn=ops", false), ("cn=ops,ou=groups,dc=example,dc=org", false),
        ("*", false), ("", false),
    ])
    func `a rule is somebody's whose group has its name`(name: String, isTheirs: Bool) throws {
        let rule = try ProviderRule(directoryGroup: name, role: .builtIn(.auditor), group: nil)
        let profile = ProviderProfile(
            subject: "1", login: "ann", name: nil, email: nil, groups: ["cn=ops,ou=groups,dc=example", "ops"])
        let found = RuleReader([rule], foldsCase: false).matching(profile)
        #expect(found.isEmpty != isTheirs)
    }

    @Test func `a rule gives one thing`() {
        #expect(throws: Invalid.self) { try ProviderRule(directoryGroup: "x", role: nil, group: nil) }
        #expect(throws: Invalid.self) {
            try ProviderRule(directoryGroup: "x", role: .builtIn(.user), group: GroupID.new())
        }
    }

    @Test(arguments: [
        ("example.com", true), ("Example.COM", true), ("a.b.c.example", true), ("example", false),
        ("-a.example", false),
        ("a..example", false), ("ex ample.com", false), ("exämple.com", false), (".com", false),
        ("@example.com", false),
    ])
    func `a domain is a domain`(text: String, isOne: Bool) {
        #expect(((try? MailDomain(parsing: text)) != nil) == isOne)
    }
}
