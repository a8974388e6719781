import HTTPAPI
import Kernel
import Postgres
import TestSupport
import Testing

@testable import Tenancy

@Suite struct TenantDirectoryTests {
    @Test func `a host name finds its tenant, and a strange one nobody`() async throws {
        let fixture = try await TenancyFixture()
        let tenant = try await fixture.create().tenant
        let directory = TenantDirectory(database: fixture.test.database)
        #expect(try await directory.tenant(slug: "acme") == tenant)
        for text in ["bolt", "", "ACME", "acme.evil", "' or 1=1 --"] {
            #expect(try await directory.tenant(slug: text) == nil)
        }
    }

    @Test func `a change is heard of at once`() async throws {
        let fixture = try await TenancyFixture()
        let tenant = try await fixture.create().tenant
        let directory = TenantDirectory(database: fixture.test.database, lifetime: .seconds(600))
        try await withThrowingTaskGroup { group in
            group.addTask { await directory.run() }
            #expect(try await directory.tenant(slug: "acme")?.state == .active)
            // Listening begins in the background and then forgets everything, so the first change may find it deaf.
            try await Task.sleep(for: .milliseconds(500))
            #expect(try await directory.tenant(slug: "acme")?.state == .active)
            _ = try await fixture.tenancy.change(
                tenant.id, .suspend, by: "Olga", audit: .discarding, at: TenancyFixture.now)
            var state: TenantState?
            for _ in 0..<100 where state != .suspended {
                state = try await directory.tenant(slug: "acme")?.state
                try await Task.sleep(for: .milliseconds(20))
            }
            #expect(state == .suspended)
            group.cancelAll()
        }
    }

    @Test func `a scanner's names do not push tenants out`() async throws {
        let fixture = try await TenancyFixture()
        _ = try await fixture.create()
        let directory = TenantDirectory(database: fixture.test.database, capacity: 8)
        _ = try await directory.tenant(slug: "acme")
        for number in 0..<50 { #expect(try await directory.tenant(slug: "scan\(number)") == nil) }
        try await fixture.test.database.execute(
            "update tenants set name = 'Changed behind its back'", in: ProviderScope())
        #expect(try await directory.tenant(slug: "acme")?.name == "Acme")
    }
}
