import FoundationEssentials
import Kernel
import Postgres
import TestSupport
import Testing

@testable import Identity

/// Runs that are due by the clock.
@Suite struct SyncScheduleTests {
    /// A company with a provider that is due in a quarter of an hour.
    private struct Company {
        let scope: TenantScope
        let admin: Visitor
        let provider: String

        init(_ slug: String, in house: House) async throws {
            (scope, admin) = try await house.makeTenant(slug)
            let made = try await admin.call(
                "identity-providers.create",
                body: [
                    "name": "Directory",
                    "settings": [
                        "kind": "ldap", "servers": [["host": "ldap.example.org", "port": 389]],
                        "baseDn": "dc=example,dc=org",
                    ],
                ])
            provider = made["id"]
            let version = try await admin.call("identity-sync.show", [provider]).version
            let changed = try await admin.call(
                "identity-sync.change", [provider], body: ["intervalMinutes": 15], version: version)
            #expect(changed.status == 200, "\(changed.json)")
            let (tenant, now) = (scope.tenant, house.now)
            _ = try await house.test.superuser().execute(
                "update identity_syncs set previewed_at = \(now), next_run_at = \(now + 900) where tenant_id = \(tenant)"
            )
        }

        func runs() async throws -> [String] {
            try await admin.call("identity-sync.runs", [provider]).items.compactMap { $0["state"]?.text }
        }
    }

    @Test func `a company whose run cannot be started hinders no other, and is told`() async throws {
        let house = try await House()
        let first = try await Company("acme", in: house)
        house.wait(1)
        let second = try await Company("bolt", in: house)
        let superuser = try await house.test.superuser()
        let tenant = first.scope.tenant.uuid
        try await superuser.run(
            script: """
                create function refuse() returns trigger language plpgsql as
                $$ begin raise exception 'no room for jobs of this company'; end $$;
                create trigger refuse before insert on jobs for each row
                when (new.for_tenant = '\(tenant)') execute function refuse();
                """)
        let due = house.now + 901
        var missed: [MissedSync] = []
        var started = try await house.identity.startDueSyncs(at: due) { missed.append($0) }
        #expect(started == 2)
        #expect(missed.map(\.tenant) == [first.scope.tenant] && missed.first?.provider.text == first.provider)
        #expect(missed.first.map { "\($0.error)".contains("no room for jobs") } == true)
        #expect(try await first.runs() == ["failed"])
        #expect(try await second.runs() == ["waiting"])
        let told = try await superuser.query(
            """
            select details ->> 'error' from audit_events
            where tenant_id = \(first.scope.tenant) and action = 'identity-sync.finished' and outcome = 'failed'
            """
        ) { try $0.next(String.self) }
        #expect(told == ["it could not be started"])
        // Its next turn is a quarter of an hour later, and not at once.
        started = try await house.identity.startDueSyncs(at: due + 899) { missed.append($0) }
        #expect(started == 0)
        try await superuser.run(script: "drop trigger refuse on jobs")
        started = try await house.identity.startDueSyncs(at: due + 900) { missed.append($0) }
        #expect(started == 2 && missed.count == 1)
        #expect(try await first.runs() == ["waiting", "failed"])
    }

    @Test func `one that somebody holds is not waited for`() async throws {
        let house = try await House()
        let first = try await Company("acme", in: house)
        let second = try await Company("bolt", in: house)
        let id = try #require(IdentityProviderID(first.provider))
        let due = house.now + 901
        func start() async throws -> Int {
            try await house.identity.startDueSyncs(at: due) { Issue.record("\($0)") }
        }
        try await house.test.database.transaction(in: first.scope) { tx in
            _ = try await IdentitySyncStore.lock(id, in: first.scope, tx)
            #expect(try await start() == 1)
        }
        #expect(try await second.runs() == ["waiting"])
        #expect(try await first.runs() == [])
        #expect(try await start() == 1)
        #expect(try await first.runs() == ["waiting"])
    }
}
