import Cryptography
import Foundation
import HTTPAPI
import Kernel
import Postgres
import Synchronization
import TestSupport
import Testing

@testable import Tenancy

@Suite struct EraseTenantTests {
    static let now = TenancyFixture.now

    /// An object store that dies when it is told to.
    final class Shelf: Sendable {
        struct Died: Error {}
        let objects = Mutex(3)
        let calls = Mutex(0)
        let deadlyCall: Int?

        init(dyingAt deadlyCall: Int? = nil) {
            self.deadlyCall = deadlyCall
        }

        func remove() throws {
            let call = calls.withLock { calls in
                calls += 1
                return calls
            }
            if call == deadlyCall { throw Died() }
            objects.withLock { $0 = 0 }
        }
    }

    let fixture: TenancyFixture
    let signer = EvidenceSigner(key: SigningKey())

    init() async throws {
        fixture = try await TenancyFixture()
    }

    private func makeErasure(_ shelf: Shelf) -> TenantErasure {
        TenantErasure(
            database: fixture.test.database, keys: fixture.keys,
            parts: ErasureParts(
                objects: { _ in shelf.objects.withLock { $0 } }, removeObjects: { _ in try shelf.remove() },
                recordedBytes: { _ in 4096 }, signer: signer))
    }

    /// A closing tenant with people in it, and another one that is open.
    private func populate() async throws -> (closing: Tenant, open: Tenant) {
        let tenants = [
            try await fixture.create().tenant, try await fixture.create("bolt", name: "Bolt").tenant,
        ]
        for tenant in tenants {
            for number in 0..<20 {
                try await fixture.test.database.execute(
                    """
                    insert into users (tenant_id, user_id, login, name)
                    values (\(tenant.id), \(UserID.new()), \("user-\(number)"), 'Somebody')
                    """, in: tenant.scope)
            }
        }
        let closing = try await fixture.tenancy.delete(
            tenants[0].id, confirmed: "Acme", by: "Olga", audit: .discarding, at: Self.now)
        #expect(closing.state == .closing)
        return (closing, tenants[1])
    }

    private func left(_ tenant: Tenant) async throws -> [String: Int] {
        try await fixture.test.database.transaction(in: tenant.scope) { tx in
            Dictionary(uniqueKeysWithValues: try await ErasureStore.inventory(tx).map { ($0.table, $0.rows) })
        }
    }

    @Test func `nothing is left but the proof, and another tenant is untouched`() async throws {
        let (acme, bolt) = try await populate()
        let sealed = try await fixture.keys.seal([1, 2, 3], table: "t", row: "r", version: 1, in: acme.scope)
        let untouched = try await left(bolt)
        let shelf = Shelf()
        let erasure = makeErasure(shelf)
        #expect(try await erasure.due(at: Self.now + 14).isEmpty)
        #expect(try await erasure.due(at: Self.now + 15) == [acme.id])
        try await erasure.erase(acme.id) { Self.now + 20 }
        #expect(try await erasure.due(at: Self.now + 60).isEmpty)
        // The last event says that it is gone, to whoever listens.
        #expect(try await left(acme) == ["events": 1])
        #expect(try await fixture.events(acme.scope) == ["tenant.deleted"])
        #expect(shelf.objects.withLock { $0 } == 0)
        #expect(try await left(bolt) == untouched)
        #expect(try await fixture.tenancy.find(acme.id, in: ProviderScope()).state == .deleted)
        await #expect(throws: SealError.unknownKey) {
            try await fixture.keys.open(sealed.bytes, table: "t", row: "r", version: 1, in: acme.scope)
        }

        let status = try await erasure.status(of: acme.id, in: ProviderScope())
        let proof = try #require(status.proof)
        let statement = try #require(proof["proof"])
        let signature = try #require(proof["signature"]?["value"]?.text.flatMap { Base64URL.decode($0) })
        #expect(signer.verifyingKey.isValid(signature, for: try CanonicalJSON.bytes(statement)))
        #expect(statement["closedBy"] == "Olga" && statement["tenant"]?["id"]?.text == acme.id.text)
        let erased = try #require(statement["erased"])
        #expect(erased["rows"]?["users"] == 20 && erased["objects"] == 3 && erased["recordedBytes"] == 4096)
        #expect(erased["rows"]?["tenant_keys"] == 1 && erased["rows"]?["tenant_signing_keys"] == 2)
        // Once more does nothing.
        try await erasure.erase(acme.id) { Self.now + 90 }
        #expect(try await erasure.status(of: acme.id, in: ProviderScope()).proof == proof)
    }

    @Test(arguments: [1, 2]) func `a node that dies in the middle is taken over from`(call: Int) async throws {
        let (acme, _) = try await populate()
        let shelf = Shelf(dyingAt: call)
        await #expect(throws: Shelf.Died.self) {
            try await makeErasure(shelf).erase(acme.id) { Self.now + 20 }
        }
        let middle = try await makeErasure(shelf).status(of: acme.id, in: ProviderScope())
        #expect((middle.keysDestroyedAt != nil) == (call == 2) && middle.proof == nil)
        #expect(try await fixture.tenancy.find(acme.id, in: ProviderScope()).state == .closing)
        // From here nothing leads back.
        await #expect(throws: TenancyError.wrongState) {
            try await fixture.tenancy.change(acme.id, .cancelClosing, by: "Olga", audit: .discarding, at: Self.now)
        }
        try await makeErasure(shelf).erase(acme.id) { Self.now + 80 }
        let done = try await makeErasure(shelf).status(of: acme.id, in: ProviderScope())
        // It counts what there was at first, and tells when each step was done.
        #expect(done.proof?["proof"]?["erased"]?["rows"]?["users"] == 20)
        #expect(done.proof?["proof"]?["erased"]?["objects"] == 3)
        #expect(done.id == middle.id && done.startedAt == middle.startedAt)
        #expect(try await left(acme) == ["events": 1])
    }

    @Test func `two at once erase once`() async throws {
        let (acme, _) = try await populate()
        let erasure = makeErasure(Shelf())
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<2 {
                group.addTask {
                    do {
                        try await erasure.erase(acme.id) { Self.now + 20 }
                    } catch {
                        // Whoever comes second finds that there is nothing to do, at one step or another.
                        #expect(error is TenancyError || error is DatabaseError)
                    }
                }
            }
        }
        #expect(try await erasure.status(of: acme.id, in: ProviderScope()).finishedAt != nil)
        #expect(try await fixture.events(acme.scope) == ["tenant.deleted"])
    }

    @Test func `the name must be typed`() async throws {
        let tenant = try await fixture.create().tenant
        for wrong in ["acme", "Acme ", "Bolt", ""] {
            await #expect(throws: TenancyError.nameDiffers) {
                try await fixture.tenancy.delete(
                    tenant.id, confirmed: wrong, by: "Olga", audit: .discarding, at: Self.now)
            }
        }
        #expect(try await fixture.tenancy.find(tenant.id, in: ProviderScope()).state == .active)
    }

    @Test func `the database erases no tenant before its time`() async throws {
        let tenant = try await fixture.create().tenant
        let erasures = ErasureStore(database: fixture.test.database)
        func isRefused() async throws {
            let before = try await left(tenant)
            await #expect(throws: DatabaseError.self) {
                try await erasures.erase(nil, in: ErasureScope(tenant: tenant.id))
            }
            #expect(
                try await fixture.test.database.execute("delete from audit_events", in: ErasureScope(tenant: tenant.id))
                    == 0)
            #expect(try await left(tenant) == before)
        }
        try await isRefused()
        let far = Date() + 86_400
        _ = try await fixture.tenancy.change(
            tenant.id, .close(graceEnds: far), by: "Olga", audit: .discarding, at: Self.now)
        try await isRefused()
        // The application itself removes no line of a trail, not even then.
        _ = try await fixture.tenancy.delete(
            tenant.id, confirmed: "Acme", by: "Olga", audit: .discarding, at: Self.now)
        await #expect(throws: DatabaseError.self) {
            try await fixture.test.database.execute("delete from audit_events", in: tenant.scope)
        }
    }
}
