import HTTPAPI
import Kernel
import Testing

@testable import Identity

@Suite struct NamesTests {
    @Test func `a login is one whatever its capitals`() {
        #expect(Login("Ada.Archer@Example.com")?.text == "ada.archer@example.com")
        #expect(Login("ADA") == Login("ada"))
    }

    @Test(arguments: [
        "", " ada", "ada ", "a+b", "a/b", "a b", "äda", "аda", "ada\u{0}", "ada\n", "-ada", ".ada", "ADA\u{212A}",
        String(repeating: "a", count: 65),
    ])
    func `what could pass for another login is none`(text: String) {
        #expect(Login(text) == nil)
    }

    @Test(arguments: ["a@b", "ada.archer+x@example.com"])
    func `a mail address is taken as it is`(text: String) {
        #expect(EmailAddress(text)?.text == text)
    }

    @Test(arguments: ["", "ada", "a@", "@b", "a@b@c", "a b@c", "a@b\r\nBcc: x@y", "<a@b>", "a,b@c"])
    func `what would break a header is no mail address`(text: String) {
        #expect(EmailAddress(text) == nil)
    }

    @Test(arguments: [
        ("CN=Ops , OU = Our  People,DC=x", "cn=ops,ou=our  people,dc=x"), ("  Two  Words ", "two  words"), ("", ""),
        ("CN=Ärger , DC = x", "cn=ärger,dc=x"), ("A=\u{1F}B", "a=\u{1F}b"),
    ])
    func `distinguished names are one whatever their capitals and blanks`(name: String, folded: String) {
        #expect(GroupRules.folded(name) == folded)
    }

    @Test func `a role is named by its word or its id`() throws {
        let id = RoleID.new()
        #expect(try RoleName.schema.parse(.string("auditor")) == .builtIn(.auditor))
        #expect(try RoleName.schema.parse(.string(id.text)) == .id(id))
        #expect(throws: FieldErrors.self) { try RoleName.schema.parse(.string("root")) }
        #expect(throws: FieldErrors.self) { try RoleName.schema.parse(.string(UserID.new().text)) }
    }

    @Test func `the link of an invitation keeps its token behind the hash`() throws {
        let portal = try PortalAddress(template: "https://{tenant}.example.com")
        #expect(portal.invitation(to: "acme", token: "t") == "https://acme.example.com/invitation#token=t")
        #expect(
            portal.invitation(to: "acme", at: "access.acme.example", token: "t")
                == "https://access.acme.example/invitation#token=t")
        let other = try PortalAddress(template: "http://{tenant}.localhost:8080")
        #expect(other.url(at: "access.acme.example") == "http://access.acme.example:8080")
        for template in ["https://example.com", "{tenant}.example.com", "https://{tenant}.example.com/"] {
            #expect(throws: Invalid.self) { try PortalAddress(template: template) }
        }
    }
}

@Suite struct PermissionCatalogueTests {
    private let catalogue = PermissionCatalogue(
        Set(
            [
                "profile.use", "users.read", "users.manage", "tickets.open", "tickets.decide", "sessions.replay",
                "audit.read", "accounts.reveal", "provider.tenants.read", "public.use",
            ].map(Permission.init)))

    private func codes(_ role: BuiltInRole) -> Set<String> { Set(catalogue.permissions(of: role).map(\.code)) }

    @Test func `built-in roles have the sets that the program defines`() {
        #expect(codes(.user) == ["profile.use", "tickets.open", "tickets.decide"])
        #expect(codes(.auditor) == ["profile.use", "users.read", "audit.read", "sessions.replay"])
        #expect(
            codes(.administrator) == [
                "profile.use", "users.read", "users.manage", "tickets.open", "tickets.decide", "sessions.replay",
                "audit.read", "accounts.reveal",
            ])
    }

    @Test func `no role of a tenant reaches the provider, and unknown codes give nothing`() {
        let all = catalogue.permissions(
            builtIn: BuiltInRole.allCases, codes: ["provider.tenants.read", "public.use", "nonsense"])
        #expect(all == catalogue.permissions(of: .administrator))
    }
}
