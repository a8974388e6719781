import Foundation
import HTTPAPI
import Kernel
import Postgres
import TestSupport
import Testing

@testable import Tenancy

@Suite struct ChangeTenantStateTests {
    static let now = TenancyFixture.now

    private func trail(_ fixture: TenancyFixture, _ scope: TenantScope) async throws -> [String] {
        try await fixture.test.database.query(
            "select action, actor_kind from audit_events where tenant_id = \(scope.tenant) order by audit_event_id",
            in: scope
        ) { "\(try $0.next(String.self)) by \(try $0.next(String.self))" }
    }

    @Test func `a trial that is over suspends the tenant once, by the clock`() async throws {
        let fixture = try await TenancyFixture()
        let end = Self.now + 3600
        let tenant = try await fixture.create(trialEndsAt: end).tenant
        #expect(tenant.state == .trial && tenant.life.trialEndsAt == end)
        let other = try await fixture.create("bolt", name: "Bolt").tenant
        #expect(try await fixture.tenancy.endTrials(at: end - 1) == 0)
        #expect(try await fixture.tenancy.endTrials(at: end) == 1)
        #expect(try await fixture.tenancy.endTrials(at: end) == 0)
        let suspended = try await fixture.tenancy.find(tenant.id, in: tenant.scope)
        #expect(suspended.state == .suspended && TenantClosure(suspended.life, at: end)?.reason == .trialEnded)
        #expect(try await fixture.events(tenant.scope) == ["tenant.trial-ended"])
        #expect(try await trail(fixture, tenant.scope) == ["tenant.trial-ended by system"])
        let provider = try await fixture.test.database.query(
            "select action, about_tenant from provider_audit_events", in: ProviderScope()
        ) { (try $0.next(String.self), try $0.next(TenantID?.self)) }
        #expect(provider.count == 1 && provider[0] == ("tenant.trial-ended", tenant.id))
        #expect(try await fixture.tenancy.find(other.id, in: other.scope).state == .active)
        // Resuming takes a decision about the trial first.
        await #expect(throws: TenancyError.trialOver) {
            try await fixture.tenancy.change(tenant.id, .resume, by: "Olga", audit: .discarding, at: end)
        }
        await #expect(throws: TenancyError.closed(TenantClosure(reason: .trialEnded))) {
            try await fixture.tenancy.requireOpen(at: end, in: tenant.scope)
        }
        let active = try await fixture.tenancy.change(
            tenant.id, .activate, by: "Olga", audit: .discarding, at: end)
        #expect(active.life == TenantLife(.active))
        try await fixture.tenancy.requireOpen(at: end, in: tenant.scope)
    }

    @Test func `that a company is open is remembered for a moment, and never that it is closed`() async throws {
        let fixture = try await TenancyFixture()
        let tenant = try await fixture.create().tenant
        let open = OpenCompanies(fixture.tenancy)
        #expect(!open.remembers(tenant.id))
        try await open.require(tenant.scope, at: Self.now)
        #expect(open.remembers(tenant.id))
        _ = try await fixture.tenancy.change(tenant.id, .suspend, by: "Olga", audit: .discarding, at: Self.now)
        try await Task.sleep(for: .milliseconds(260))
        #expect(!open.remembers(tenant.id))
        for _ in 0..<2 {
            await #expect(throws: TenancyError.self) { try await open.require(tenant.scope, at: Self.now) }
            #expect(!open.remembers(tenant.id))
        }
    }

    @Test func `a closing can be cancelled, and leaves one line for each step however often it is repeated`()
        async throws
    {
        let fixture = try await TenancyFixture()
        let tenant = try await fixture.create().tenant
        func change(_ transition: TenantTransition) async throws -> Tenant {
            var last: Tenant?
            for _ in 0..<3 {
                let now = try await fixture.tenancy.change(
                    tenant.id, transition, by: "Olga", audit: .discarding, at: Self.now)
                #expect(last == nil || last == now)
                last = now
            }
            return try #require(last)
        }
        _ = try await change(.suspend)
        let closing = try await change(.close(graceEnds: Self.now + 86_400))
        #expect(closing.life == TenantLife(.closing, graceEndsAt: Self.now + 86_400, closedFrom: .suspended))
        #expect(try await change(.cancelClosing).life == TenantLife(.suspended))
        #expect(try await change(.resume).state == .active)
        let kinds = ["tenant.suspended", "tenant.closed", "tenant.deletion-cancelled", "tenant.resumed"]
        #expect(try await fixture.events(tenant.scope) == kinds)
        #expect(Set(try await trail(fixture, tenant.scope)) == Set(kinds.map { "\($0) by provider" }))
        #expect(try await trail(fixture, tenant.scope).count == kinds.count)
    }

    @Test func `since when a tenant is closed is noted once, and when that was cancelled`() async throws {
        let fixture = try await TenancyFixture()
        let tenant = try await fixture.create().tenant
        func change(_ transition: TenantTransition, at seconds: TimeInterval) async throws {
            for _ in 0..<2 {
                _ = try await fixture.tenancy.change(
                    tenant.id, transition, by: "Olga", audit: .discarding, at: Self.now + seconds)
            }
        }
        func closings() async throws -> [[TimeInterval?]] {
            try await fixture.test.database.query(
                "select closed_at, reopened_at from tenant_closings where tenant_id = \(tenant.id) order by closed_at",
                in: tenant.scope
            ) { [try $0.next(Date?.self), try $0.next(Date?.self)].map { $0?.timeIntervalSince(Self.now) } }
        }
        try await change(.suspend, at: 1)
        #expect(try await closings() == [])
        try await change(.close(graceEnds: Self.now + 86_400), at: 10)
        #expect(try await closings() == [[10, nil]])
        try await change(.cancelClosing, at: 20)
        #expect(try await closings() == [[10, 20]])
        // Closed and cancelled within one moment, and closed again: it is closed.
        try await change(.close(graceEnds: Self.now + 86_400), at: 30)
        try await change(.cancelClosing, at: 30)
        try await change(.endGrace, at: 30)
        #expect(try await closings() == [[10, 20], [30, nil]])
        // Nobody moves or removes what an invoice was computed from.
        for statement: SQL in ["update tenant_closings set closed_at = now()", "delete from tenant_closings"] {
            await #expect(throws: DatabaseError.self) {
                try await fixture.test.database.execute(statement, in: tenant.scope)
            }
        }
    }

    @Test func `of twenty at once one changes the state`() async throws {
        let fixture = try await TenancyFixture()
        let tenant = try await fixture.create().tenant
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<20 {
                group.addTask {
                    let changed = try await fixture.tenancy.change(
                        tenant.id, .suspend, by: "Olga", audit: .discarding, at: Self.now)
                    #expect(changed.state == .suspended && changed.version == 2)
                }
            }
            try await group.waitForAll()
        }
        #expect(try await fixture.events(tenant.scope) == ["tenant.suspended"])
    }
}
