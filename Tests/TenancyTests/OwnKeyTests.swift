import Cryptography
import Foundation
import HTTPAPI
import Kernel
import KeyService
import Logging
import Outbound
import Postgres
import TestSupport
import Testing

@testable import Tenancy

/// Keys at the top: a tenant's own, and one of the installation that takes over from another.
@Suite(.enabled(if: TestBao.isThere)) struct OwnKeyTests {
    private let client = HTTPClient(
        configuration: HTTPClientConfiguration(egress: .open),
        logger: Logger(label: "keys") { _ in SwiftLogNoOpLogHandler() })
    private let secret = Array("hunter2".utf8)

    /// A node of the installation: what it has in memory is gone with it.
    private func node(_ fixture: TenancyFixture, _ masters: MasterKeys? = nil) -> TenantKeys {
        TenantKeys(
            database: fixture.test.database, masters: masters ?? MasterKeys(fixture.master), lifetime: .zero,
            open: { [client] key, token, _ in
                TransitKeyProvider(
                    TransitKey(address: key.address, mount: key.mount, name: key.name, token: { token }),
                    scheme: "own1", client: client)
            })
    }

    private func tenancy(_ fixture: TenancyFixture, _ keys: TenantKeys) -> Tenancy {
        Tenancy(database: fixture.test.database, keys: keys, administrators: StandInAdministrators())
    }

    private func use(
        _ bao: TestBao, key: String = "gatehouse", token: String, _ tenancy: Tenancy, in scope: TenantScope
    ) async throws {
        let own = OwnKey(address: bao.address, mount: "transit", name: key)
        try await tenancy.useOwnKey(
            UseOwnKeyRequest(key: own, token: Secret(token)), by: .new(), at: TenancyFixture.now, audit: .discarding,
            in: scope)
    }

    private func tops(_ fixture: TenancyFixture, in scope: TenantScope) async throws -> [String] {
        try await fixture.test.database.query("select master_key_id from tenant_keys order by version", in: scope) {
            try $0.next()
        }
    }

    @Test func `what is under a tenant's own key is closed when the tenant takes it away, for nobody else`()
        async throws
    {
        let fixture = try await TenancyFixture()
        let bao = try await TestBao()
        let token = try await bao.token(for: "gatehouse")
        let acme = try await fixture.create("acme").tenant.scope
        let bolt = try await fixture.create("bolt", name: "Bolt").tenant.scope
        let keys = node(fixture)
        let tenancy = tenancy(fixture, keys)
        let before = try await keys.seal(secret, table: "things", row: "a", version: 1, in: acme)
        let theirs = try await keys.seal(secret, table: "things", row: "a", version: 1, in: bolt)

        try await use(bao, token: token, tenancy, in: acme)
        #expect(try await tops(fixture, in: acme).allSatisfy { $0.hasPrefix("own1_") && $0.hasSuffix("_v1") })
        #expect(try await tops(fixture, in: bolt) == [fixture.master.id])
        // What was there opens, what is new is sealed, and a new key is wrapped by it too.
        #expect(try await keys.open(before.bytes, table: "things", row: "a", version: 1, in: acme) == secret)
        _ = try await tenancy.rotateKey(at: TenancyFixture.now, in: acme)
        #expect(try await tops(fixture, in: acme).allSatisfy { $0.hasPrefix("own1_") })
        let after = try await node(fixture).seal(secret, table: "things", row: "b", version: 1, in: acme)
        let dump = try await fixture.test.superuser().query(
            "select encode(wrapped_token, 'escape') from tenant_own_keys"
        ) { try $0.next(String.self) }
        #expect(dump.count == 1 && !dump[0].contains(token))

        // The tenant revokes the token.
        try await bao.call("POST", "auth/token/revoke", "{\"token\": \"\(token)\"}")
        let closed = await #expect(throws: KeysClosed.self) {
            try await keys.open(after.bytes, table: "things", row: "b", version: 1, in: acme)
        }
        #expect(closed?.problem.type.status == 503)
        #expect("\(String(describing: closed))".contains(token) == false)
        await #expect(throws: KeysClosed.self) { try await node(fixture).current(in: acme) }
        await #expect(throws: KeysClosed.self) { try await tenancy.rotateKey(at: TenancyFixture.now, in: acme) }
        #expect(try await keys.open(theirs.bytes, table: "things", row: "a", version: 1, in: bolt) == secret)

        await #expect(throws: KeysClosed.self) { try await tenancy.stopOwnKey(audit: .discarding, in: acme) }

        // The tenant gives another token, and its key has a new version: everything is there again.
        await #expect(throws: TenancyError.self) { try await use(bao, token: token, tenancy, in: acme) }
        try await bao.call("POST", "transit/keys/gatehouse/rotate")
        try await use(bao, token: try await bao.token(for: "gatehouse"), tenancy, in: acme)
        #expect(try await tops(fixture, in: acme).allSatisfy { $0.hasSuffix("_v2") })
        #expect(try await keys.open(after.bytes, table: "things", row: "b", version: 1, in: acme) == secret)
    }

    @Test func `a tenant goes back to the installation's key`() async throws {
        let fixture = try await TenancyFixture()
        let bao = try await TestBao()
        let scope = try await fixture.create().tenant.scope
        let keys = node(fixture)
        let tenancy = tenancy(fixture, keys)
        let sealed = try await keys.seal(secret, table: "things", row: "a", version: 1, in: scope)
        await #expect(throws: TenancyError.notFound) { try await tenancy.stopOwnKey(audit: .discarding, in: scope) }
        try await use(bao, token: TestBao.rootToken, tenancy, in: scope)
        try await tenancy.stopOwnKey(audit: .discarding, in: scope)
        #expect(try await tops(fixture, in: scope) == [fixture.master.id])
        await bao.stop()
        #expect(try await keys.open(sealed.bytes, table: "things", row: "a", version: 1, in: scope) == secret)
    }

    @Test func `a key that does not work is refused before anything moves`() async throws {
        let fixture = try await TenancyFixture()
        let bao = try await TestBao()
        let token = try await bao.token(for: "gatehouse")
        let scope = try await fixture.create().tenant.scope
        let tenancy = tenancy(fixture, node(fixture))
        for (key, token) in [("gatehouse", "s.wrong"), ("no-such-key", token), ("no-such-key", TestBao.rootToken)] {
            await #expect(throws: TenancyError.self) {
                try await use(bao, key: key, token: token, tenancy, in: scope)
            }
        }
        #expect(try await tops(fixture, in: scope) == [fixture.master.id])
        await bao.stop()
        // A node without the port takes no keys of tenants.
        let plain = TenantKeys(database: fixture.test.database, master: fixture.master)
        await #expect(throws: TenancyError.self) {
            try await use(bao, token: token, self.tenancy(fixture, plain), in: scope)
        }
    }

    @Test func `a new key at the top takes over online, and a run that breaks off goes on`() async throws {
        let fixture = try await TenancyFixture()
        let bao = try await TestBao()
        var scopes: [TenantScope] = []
        for number in 0..<5 { scopes.append(try await fixture.create("t\(number)", name: "T").tenant.scope) }
        let old = node(fixture)
        var sealed: [SealedValue] = []
        for scope in scopes {
            sealed.append(try await old.seal(secret, table: "things", row: "a", version: 1, in: scope))
        }
        let transit = TransitKeyProvider(
            TransitKey(
                address: bao.address, mount: "transit", name: "gatehouse", token: { Secret(TestBao.rootToken) }),
            client: client)
        let masters = MasterKeys(transit, others: [fixture.master])
        let new = node(fixture, masters)
        // Both keys are known: everything opens, before and during.
        #expect(try await new.open(sealed[0].bytes, table: "things", row: "a", version: 1, in: scopes[0]) == secret)
        let follow = FollowMasterKey(keys: new)
        #expect(try await follow.standing().map(\.count) == [5])
        // Away in the middle: what has moved has moved, the rest waits.
        try await bao.call("PUT", "sys/seal")
        await #expect(throws: KeyProviderError.self) { try await follow() }
        await bao.stop()
        let again = try await TestBao()
        let second = TransitKeyProvider(
            TransitKey(
                address: again.address, mount: "transit", name: "gatehouse", token: { Secret(TestBao.rootToken) }),
            client: client)
        let keys = node(fixture, MasterKeys(second, others: [fixture.master]))
        try await FollowMasterKey(keys: keys)()
        let current = try await second.current()
        #expect(try await FollowMasterKey(keys: keys).standing().map(\.key) == [current])
        // Without the old one, and rotated over there once more.
        try await again.call("POST", "transit/keys/gatehouse/rotate")
        let alone = node(fixture, MasterKeys(second))
        try await FollowMasterKey(keys: alone)()
        for (scope, sealed) in zip(scopes, sealed) {
            #expect(try await tops(fixture, in: scope).allSatisfy { $0.hasSuffix("_v2") })
            #expect(try await alone.open(sealed.bytes, table: "things", row: "a", version: 1, in: scope) == secret)
        }
        await again.stop()
        await #expect(throws: KeysClosed.self) {
            try await TenantKeys(database: fixture.test.database, master: fixture.master).current(in: scopes[0])
        }
    }
}
