import Cryptography
import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres
import TestSupport
import Testing

@testable import Tenancy

@Suite struct CreateTenantTests {
    @Test func `a new tenant has keys and an administrator's link, and nobody who could be told of it`() async throws {
        let fixture = try await TenancyFixture()
        let created = try await fixture.create()
        #expect(created.invitationUrl == "https://acme.example/invitation#token=ada")
        #expect(created.tenant.state == .active)
        #expect(try await fixture.events(created.tenant.scope) == [])
        #expect(try await fixture.keys.current(in: created.tenant.scope).version == 1)
        #expect(try await fixture.keys.evidenceKeys(in: created.tenant.scope).count == 1)
    }

    @Test func `a repeat with the same data completes and changes nothing`() async throws {
        let fixture = try await TenancyFixture()
        let first = try await fixture.create()
        let second = try await fixture.create()
        #expect(first.tenant.id == second.tenant.id)
        #expect(try await fixture.keys.load(in: first.tenant.scope).all.count == 1)
    }

    @Test func `what broke off halfway is finished by a repeat`() async throws {
        let dying = try await TenancyFixture(administrators: DyingAdministrators())
        await #expect(throws: DyingAdministrators.Died.self) { try await dying.create() }
        let tenancy = Tenancy(database: dying.test.database, keys: dying.keys, administrators: StandInAdministrators())
        let request = CreateTenantRequest(
            slug: TenantSlug("acme")!, name: try TenantName(parsing: "Acme"),
            administrator: NewAdministrator(login: "ada", name: "Ada"))
        let created = try await tenancy.create(
            request, audit: .discarding, at: TenancyFixture.now, in: ProviderScope())
        #expect(try await dying.keys.current(in: created.tenant.scope).version == 1)
    }

    @Test func `a slug belongs to one company`() async throws {
        let fixture = try await TenancyFixture()
        _ = try await fixture.create()
        await #expect(throws: TenancyError.slugTaken) { try await fixture.create(name: "Another") }
        await #expect(throws: TenancyError.slugReserved) { try await fixture.create("provider") }
    }

    @Test func `suspending closes the tenant, tells of it and can be taken back`() async throws {
        let fixture = try await TenancyFixture()
        let tenant = try await fixture.create().tenant
        let (tenancy, now) = (fixture.tenancy, TenancyFixture.now)
        let suspended = try await tenancy.change(tenant.id, .suspend, by: "Olga", audit: .discarding, at: now)
        #expect(suspended.state == .suspended && suspended.version == 2)
        let again = try await tenancy.change(tenant.id, .suspend, by: "Olga", audit: .discarding, at: now)
        #expect(again.state == .suspended && again.version == 2)
        let resumed = try await tenancy.change(tenant.id, .resume, by: "Olga", audit: .discarding, at: now)
        #expect(resumed.state == .active)
        #expect(try await fixture.events(tenant.scope) == ["tenant.suspended", "tenant.resumed"])
        let trail = try await fixture.test.database.query(
            "select action, actor_name from audit_events where tenant_id = \(tenant.id) order by audit_event_id",
            in: tenant.scope
        ) { "\(try $0.next(String.self)) by \(try $0.next(String.self))" }
        #expect(Set(trail) == ["tenant.suspended by Olga", "tenant.resumed by Olga"])
    }

    @Test func `an unknown tenant is not found`() async throws {
        let fixture = try await TenancyFixture()
        await #expect(throws: TenancyError.notFound) {
            try await fixture.tenancy.change(
                .new(), .suspend, by: "Olga", audit: .discarding, at: TenancyFixture.now)
        }
        await #expect(throws: TenancyError.notFound) { try await fixture.tenancy.find(.new(), in: ProviderScope()) }
    }
}
