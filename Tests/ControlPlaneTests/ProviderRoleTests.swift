import Cryptography
import Foundation
import HTTPAPI
import HTTPTypes
import Kernel
import Operators
import Outbound
import Postgres
import TestSupport
import Testing

@testable import ControlPlane

/// Every operation of the provider, asked for by every role: the table of the roles decides, and nothing else.
@Suite(.serialized) struct ProviderRoleTests {
    private static func path(_ operation: HTTPAPI.Operation) -> String {
        operation.path.replacing(/\{[a-zA-Z-]+\}/, with: "x")
    }

    @Test func `every permission belongs to a role, and no role has one that nothing asks for`() {
        let known = Catalogue.providerPermissions
        let given = ProviderRole.allCases.reduce(into: Set<Permission>()) { $0.formUnion($1.permissions(of: known)) }
        #expect(known.subtracting(given).map(\.code).sorted() == [])
        #expect(known.allSatisfy { $0.code.hasPrefix("provider.") })
    }

    @Test func `every operation answers each role as the table says`() async throws {
        let installation = try await Installation()
        for role in ProviderRole.allCases {
            let person = try await installation.makeOperator(role.rawValue, roles: [role])
            let allowed = role.permissions(of: Catalogue.providerPermissions)
            // Signing out comes last: it ends what the others need.
            let operations = Catalogue.provider.filter { $0.name != "provider-me.sign-out" }
            for operation in operations {
                let method = try #require(OutboundRequest.Method(rawValue: operation.method.rawValue))
                let body: JSON? = if case .nothing = operation.body { nil } else { [:] }
                let answer = try await person.raw(method, Self.path(operation), body)
                let isRefused = answer.status == 403 && answer.text.contains("permission-missing")
                #expect(
                    isRefused == !allowed.contains(operation.permission),
                    "\(role) \(operation.name): \(answer.status) \(answer.text)")
                #expect(answer.status != 401, "\(role) \(operation.name): \(answer.text)")
            }
        }
    }
}

/// Whatever an operator reads, nothing of what is inside a tenant is in it.
@Suite(.serialized) struct ProviderBlindnessTests {
    /// The names that a household gives to its things, and everything secret that passed through it.
    private static let inside = ["Zanzibar", "zanzibar"]

    @Test func `no list, page or report of the provider shows what is inside a tenant`() async throws {
        let installation = try await Installation()
        let house = try await Household(installation.makeTenant("acme"))
        try await Self.name(house)
        let person = try await installation.makeOperator("olga", roles: ProviderRole.allCases)
        let tenant = try await installation.provider(.get, "/tenants").items.first?["id"]?.text ?? ""
        let worker = try await installation.provider(.get, "/workers").items.first?["id"]?.text ?? "x"
        let ids = ["{tenant}": tenant, "{worker}": worker, "{operator}": person.id]
        let secrets = house.person.secrets
        #expect(secrets.count > 10)
        var read = 0
        for operation in Catalogue.provider where operation.method == .get {
            let path = ids.reduce(operation.path) { $0.replacingOccurrences(of: $1.key, with: $1.value) }
                .replacing(/\{[a-zA-Z-]+\}/, with: "x")
            let query =
                ["usage.report", "service-levels.report"].contains(operation.name)
                ? "?from=2026-01-01T00:00:00Z&to=2036-01-01T00:00:00Z" : ""
            let answer = try await person.raw(.get, path + query, nil)
            #expect([200, 404, 409, 422].contains(answer.status), "\(operation.name): \(answer.text)")
            if answer.status == 200 { read += 1 }
            for word in Self.inside { #expect(!answer.text.contains(word), "\(operation.name) shows \(word)") }
            for secret in secrets { #expect(!answer.text.contains(secret), "\(operation.name) shows a secret") }
            for kind in ["users", "assets", "accounts", "sessions", "grants", "tickets", "webhooks"] {
                #expect(!answer.text.contains(house.ids[kind]!), "\(operation.name) shows the id of \(kind)")
            }
        }
        #expect(read > 8)
    }

    @Test func `requests of a tenant are in its service levels`() async throws {
        let installation = try await Installation()
        let ada = try await installation.makeTenant("acme")
        for _ in 0..<5 { try await ada.call(.get, "/assets", expecting: 200) }
        let query = "/service-levels?from=2026-01-01T00:00:00Z&to=2036-01-01T00:00:00Z"
        try await eventually("the requests are counted", within: .seconds(40)) {
            let answer = try await installation.provider(.get, query)
            guard let item = answer.items.first, case .int(let requests)? = item["requests"] else { return false }
            return item["slug"] == "acme" && requests >= 5 && item["failures"] == 0
        }
    }

    /// Gives what a tenant has names that nothing else has.
    private static func name(_ house: Household) async throws {
        let person = house.person
        try await person.call(
            .patch, "/assets/\(house.ids["assets"]!)",
            ["name": "zanzibar-1", "address": "zanzibar.example", "description": "Zanzibar of the north"], version: 1,
            expecting: 200)
        try await person.call(
            .patch, "/users/\(house.ids["users"]!)", ["name": "Zanzibar Bob", "email": "zanzibar@example.com"],
            version: 1, expecting: 200)
        try await person.call(.post, "/groups", ["name": "Zanzibar"], expecting: 201)
        try await person.call(.post, "/nodes", ["name": "Zanzibar"], expecting: 201)
        let tenant = try await person.installation.test.superuser()
        _ = try await tenant.execute("update commands set line = 'cat /etc/zanzibar'")
        _ = try await tenant.execute("update sessions set user_name = 'Zanzibar Bob', asset_name = 'zanzibar-1'")
    }

    /// What the provider's role may touch in the database, table by table. Whoever adds to this list opens something.
    @Test func `the provider's role reads no table of what is inside a tenant`() async throws {
        let test = try await TestDatabase()
        let readable = try await test.superuser().query(
            """
            select c.relname::text from pg_class c
            where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm')
              and has_any_column_privilege('gatehouse_provider', c.oid, 'select')
            """
        ) { try $0.next(String.self) }
        let own = readable.filter { $0.hasPrefix("provider_") }
        #expect(own.count >= 5)
        let forbidden = [
            "users", "totp_secrets", "recovery_codes", "sign_ins", "web_sessions", "api_tokens", "ssh_keys", "groups",
            "assets", "accounts", "secrets", "nodes", "host_keys", "grants", "tickets", "sessions", "recordings",
            "commands", "webhooks", "webhook_deliveries", "audit_events", "events", "tenant_keys",
            "tenant_signing_keys", "user_directory", "group_directory", "admissions", "jobs", "installation_keys",
            "identity_challenges", "saml_assertions", "cas_tickets", "access_keys", "access_key_nonces",
            "sign_in_links",
            "identity_bindings",
        ]
        let tables = try await test.superuser().query(
            "select relname::text from pg_class where relnamespace = 'public'::regnamespace"
        ) { try $0.next(String.self) }
        for name in forbidden {
            #expect(tables.contains(name), "there is no table \(name)")
            #expect(!readable.contains(name), "gatehouse_provider reads \(name)")
        }
        // And where it has no right, it gets none by asking.
        for statement: SQL in [
            "select name from users", "select address from assets", "select line from commands",
            "select sealed from secrets", "select wrapped from tenant_keys", "select object_prefix from recordings",
            "select actor_name from audit_events", "select subject from usage_events",
            "select source from usage_events",
        ] {
            await #expect(throws: DatabaseError.self) {
                _ = try await test.database.query(statement, in: ProviderScope()) { _ in true }
            }
        }
    }
}

/// Somebody of the hosting provider at a browser.
struct SignedInOperator {
    let installation: Installation
    let id: String
    let cookie: String
    let secret: [UInt8]

    func raw(_ method: OutboundRequest.Method, _ path: String, _ body: JSON?) async throws -> Answer {
        try await installation.call(
            method, path, body, on: "provider", headers: ["Cookie": "provider-session=\(cookie)"])
    }

    @discardableResult
    func call(
        _ method: OutboundRequest.Method, _ path: String, _ body: JSON? = nil, expecting status: Int? = nil,
        at line: SourceLocation = #_sourceLocation
    ) async throws -> Answer {
        let answer = try await raw(method, "/provider/v1" + path, body)
        if let status { #expect(answer.status == status, "\(path): \(answer.text)", sourceLocation: line) }
        return answer
    }
}

extension Installation {
    /// An operator who has come in by the link, with a second factor.
    func makeOperator(_ login: String, roles: [ProviderRole]) async throws -> SignedInOperator {
        let added = try await provider(
            .post, "/operators",
            [
                "login": .string(login), "name": .string(login.capitalized),
                "roles": .array(roles.map { .string($0.rawValue) }),
            ])
        #expect(added.status == 201, "\(added.text)")
        let invitation = added["invitationUrl"].split(separator: "=").last.map(String.init) ?? ""
        func door(_ path: String, _ body: JSON) async throws -> Answer {
            let answer = try await call(.post, "/provider/v1/auth" + path, body, on: "provider")
            #expect(answer.status == 200, "\(path): \(answer.text)")
            return answer
        }
        let chosen = try await door(
            "/invitation", ["token": .string(invitation), "password": "correct horse of the provider"])
        let enrolment = try await door("/enrolment", ["token": .string(chosen["token"])])
        let secret = try #require(Base32RFC4648.decode(enrolment["secret"]))
        let done = try await door(
            "/enrolment/confirm",
            ["token": .string(chosen["token"]), "code": .string(TOTP.code(secret: secret, at: Date()))])
        return SignedInOperator(
            installation: self, id: added.json["operator"]?["id"]?.text ?? "",
            cookie: try #require(done.providerCookie), secret: secret)
    }
}
