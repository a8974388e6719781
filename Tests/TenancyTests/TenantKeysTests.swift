import Cryptography
import FoundationEssentials
import Kernel
import Postgres
import TestSupport
import Testing

@testable import Tenancy

@Suite struct TenantKeysTests {
    private let secret = Array("hunter2".utf8)

    @Test func `a value opens in its place and in no other`() async throws {
        let fixture = try await TenancyFixture()
        let (keys, scope) = (fixture.keys, try await fixture.create().tenant.scope)
        let sealed = try await keys.seal(secret, table: "things", row: "a", version: 1, in: scope)
        #expect(try await keys.open(sealed.bytes, table: "things", row: "a", version: 1, in: scope) == secret)
        let elsewhere = [("things", "b", 1), ("others", "a", 1), ("things", "a", 2)]
        for (table, row, version) in elsewhere {
            await #expect(throws: SealError.self) {
                try await keys.open(sealed.bytes, table: table, row: row, version: version, in: scope)
            }
        }
    }

    @Test func `a value of one tenant does not open for another`() async throws {
        let fixture = try await TenancyFixture()
        let mine = try await fixture.create("acme").tenant.scope
        let theirs = try await fixture.create("bolt", name: "Bolt").tenant.scope
        let sealed = try await fixture.keys.seal(secret, table: "things", row: "a", version: 1, in: mine)
        await #expect(throws: SealError.self) {
            try await fixture.keys.open(sealed.bytes, table: "things", row: "a", version: 1, in: theirs)
        }
    }

    @Test func `another master key opens nothing`() async throws {
        let fixture = try await TenancyFixture()
        let scope = try await fixture.create().tenant.scope
        let stranger = TenantKeys(database: fixture.test.database, master: .ephemeral())
        await #expect(throws: KeysClosed.self) { try await stranger.current(in: scope) }
    }

    @Test func `a rotated key seals what is new and leaves the old readable, also on a node that missed it`()
        async throws
    {
        let fixture = try await TenancyFixture()
        let (keys, scope) = (fixture.keys, try await fixture.create().tenant.scope)
        let other = TenantKeys(database: fixture.test.database, master: fixture.master)
        let old = try await other.seal(secret, table: "things", row: "a", version: 1, in: scope)
        let id = try await fixture.tenancy.rotateKey(at: TenancyFixture.now, in: scope)
        let new = try await keys.seal(secret, table: "things", row: "b", version: 1, in: scope)
        #expect(new.tenantKey == id && old.tenantKey != id)
        #expect(try await keys.current(in: scope).version == 2)
        #expect(try await keys.open(old.bytes, table: "things", row: "a", version: 1, in: scope) == secret)
        #expect(try await other.open(new.bytes, table: "things", row: "b", version: 1, in: scope) == secret)
    }

    @Test func `rotation is followed by the secrets, in steps that may be repeated`() async throws {
        let fixture = try await TenancyFixture()
        let (keys, scope) = (fixture.keys, try await fixture.create().tenant.scope)
        let before = try await keys.sign([1, 2, 3], in: scope)
        let id = try await fixture.tenancy.rotateKey(at: TenancyFixture.now, in: scope)
        let job = try await fixture.test.database.first(
            "select kind, for_tenant from jobs", in: SystemScope(reason: "test")
        ) { (try $0.next(String.self), try $0.next(TenantID.self)) }
        #expect(job?.0 == RewrapSecrets.kind && job?.1 == scope.tenant)
        let rewrap = RewrapSecrets(keys: keys, features: [SigningKeys(database: fixture.test.database)])
        func count() async throws -> Int {
            try await fixture.test.database.first("select count(*) from tenant_keys", in: scope) { try $0.next() } ?? -1
        }
        #expect(try await rewrap.waiting(besides: id, in: scope) == 2)
        try await rewrap(in: scope, at: TenancyFixture.now)
        #expect(try await rewrap.waiting(besides: id, in: scope) == 0)
        // A node that has not heard of the rotation may still seal with the key before.
        #expect(try await count() == 2)
        try await rewrap(in: scope, at: TenancyFixture.now + RotateTenantKey.delay)
        #expect(try await count() == 1)
        let under = try await fixture.test.database.query(
            "select distinct tenant_key_id from tenant_signing_keys where tenant_id = \(scope.tenant)", in: scope
        ) { try $0.next(TenantKeyID.self) }
        #expect(under == [id])
        let after = try await keys.sign([1, 2, 3], in: scope)
        // Receipts are signed with a new key; the old one stays known to whoever verifies.
        #expect(after.key != before.key)
        let known = try await keys.evidenceKeys(in: scope)
        #expect(known.map(\.id) == [after.key, before.key])
        #expect(known[1].publicKey.isValid(before.bytes, for: [1, 2, 3]))
    }

    @Test func `a signed receipt verifies with the public key of its id`() async throws {
        let fixture = try await TenancyFixture()
        let (keys, scope) = (fixture.keys, try await fixture.create().tenant.scope)
        let signature = try await keys.sign([4, 5, 6], in: scope)
        let key = try #require(try await keys.evidenceKeys(in: scope).first { $0.id == signature.key })
        #expect(key.publicKey.isValid(signature.bytes, for: [4, 5, 6]))
        #expect(!key.publicKey.isValid(signature.bytes, for: [4, 5, 7]))
    }

    @Test func `what is sealed to the redaction key opens with its private half`() async throws {
        let fixture = try await TenancyFixture()
        let (keys, scope) = (fixture.keys, try await fixture.create().tenant.scope)
        let sealed = try HPKESealer.seal(secret, to: try await keys.redactionKey(in: scope), info: "ses_1")
        let opened = try HPKESealer.open(sealed, with: try await keys.redactionPrivateKey(in: scope), info: "ses_1")
        #expect(opened == secret)
    }

    @Test func `keys of a tenant are rows that another tenant and the provider cannot see`() async throws {
        let fixture = try await TenancyFixture()
        _ = try await fixture.create()
        let theirs = try await fixture.create("bolt", name: "Bolt").tenant.scope
        let count: SQL = "select count(*) from tenant_keys"
        #expect(try await fixture.test.database.first(count, in: theirs) { try $0.next(Int.self) } == 1)
        await #expect(throws: DatabaseError.self) {
            try await fixture.test.database.first(count, in: ProviderScope()) { try $0.next(Int.self) }
        }
    }
}
