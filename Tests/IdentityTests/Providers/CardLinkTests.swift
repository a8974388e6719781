import FoundationEssentials
import Kernel
import Postgres
import TestSupport
import Testing

@testable import Identity

/// Whose links say who answers on a card in a messenger.
@Suite struct CardLinkTests {
    @Test func `links count that people have made, and others only where the directory is trusted`() async throws {
        let house = try await House()
        let (scope, admin) = try await house.makeTenant()
        func settings(_ organization: String) -> JSON {
            [
                "kind": "messenger", "vendor": "slack", "organization": .string(organization), "clientId": "A1",
                "signInUrl": .null, "apiUrl": .null,
            ]
        }
        let made = try await admin.call(
            "identity-providers.create",
            body: ["name": "Slack", "secret": "s", "settings": settings("T1"), "bindsUsers": true])
        #expect(made.status == 201, "\(made.json)")
        let provider = try #require(IdentityProviderID(made["id"]))
        let user = try #require(
            try await house.test.database.first(
                "select user_id from users where tenant_id = \(scope.tenant)", in: scope
            ) { try $0.next(UserID.self) })
        func link(byUser: Bool) async throws {
            try await house.test.database.execute(
                """
                insert into identity_links (tenant_id, identity_provider_id, user_id, subject, bound_by_user, account)
                values (\(scope.tenant), \(provider), \(user), 'T1/UADA', \(byUser), \(byUser ? "Ada" : String?.none))
                on conflict on constraint identity_links_pk
                do update set bound_by_user = excluded.bound_by_user, account = excluded.account
                """, in: scope)
        }
        func counts(_ trusting: Bool) async throws -> Bool {
            let there = try await house.identity.subjects(
                of: [user], at: provider, trustingDirectory: trusting, in: scope)
            let known = try await house.identity.person(
                known: "T1/UADA", to: provider, trustingDirectory: trusting, in: scope)
            #expect((there[user] == "T1/UADA") == (known == user))
            return known == user
        }
        try await link(byUser: false)
        #expect(try await counts(true))
        #expect(try await !counts(false))
        try await link(byUser: true)
        #expect(try await counts(true))
        #expect(try await counts(false))
        // Where people may bind nothing any more, what they have bound is worth nothing.
        _ = try await admin.call(
            "identity-providers.change", [made["id"]], body: ["bindsUsers": false], version: made.version)
        #expect(try await !counts(true))
        #expect(try await !counts(false))

        // The same words of another kind of provider say nothing, nor does another company's.
        #expect(try await house.identity.isMessenger(provider, of: .slack, company: "T1", in: scope))
        #expect(try await !house.identity.isMessenger(provider, of: .slack, company: "T2", in: scope))
        #expect(try await !house.identity.isMessenger(provider, of: .feishu, company: "T1", in: scope))
        #expect(try await !house.identity.isMessenger(.new(), of: .slack, company: "T1", in: scope))
        try await link(byUser: false)
        _ = try await house.test.superuser().execute(
            "update identity_providers set kind = 'oidc' where tenant_id = \(scope.tenant)")
        #expect(try await !counts(true))
        #expect(try await !house.identity.isMessenger(provider, of: .slack, company: "T1", in: scope))
    }

    @Test func `an address is everybody's who has it, whatever its case`() async throws {
        let house = try await House()
        let (scope, _) = try await house.makeTenant()
        #expect(try await house.identity.people(having: "ADA@example.com", in: scope).count == 1)
        #expect(try await house.identity.people(having: "bob@example.com", in: scope).isEmpty)
        let twin = UserID.new()
        try await house.test.database.execute(
            """
            insert into users (tenant_id, user_id, login, name, email)
            values (\(scope.tenant), \(twin), 'twin', 'Twin', 'Ada@Example.com')
            """, in: scope)
        #expect(try await house.identity.people(having: "ada@example.com", in: scope).count == 2)
    }
}
