import Audit
import Foundation
import Kernel
import Outbound
import Postgres
import TestSupport
import Testing

@testable import ControlPlane

/// A change that takes somebody's access away reaches the sessions that are open, within two seconds.
@Suite struct EndingTests {
    /// One thing that an administrator does, and why sessions end then.
    struct Change: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let reason: String
        let make: @Sendable (Household) async throws -> Void
    }

    static let changes: [Change] = [
        Change(testDescription: "a grant is revoked", reason: "grant-revoked") { house in
            try await house.person.call(
                .post, "/grants/\(house.ids["grants"]!)/revoke", ["reason": "left"], expecting: 200)
        },
        Change(testDescription: "the person hands it back", reason: "grant-ended") { house in
            try await house.becomeRequest()
            try await house.person.call(.post, "/my/grants/\(house.ids["grants"]!)/hand-back", expecting: 200)
        },
        Change(testDescription: "the person is disabled", reason: "user-disabled") { house in
            try await house.person.call(.post, "/users/\(house.ids["users"]!)/disable", expecting: 200)
        },
        Change(testDescription: "the person's last day has come", reason: "user-disabled") { house in
            let path = "/users/\(house.ids["users"]!)"
            guard case .int(let version)? = try await house.person.call(.get, path).json["version"] else {
                throw CocoaError(.coderReadCorrupt)
            }
            let end = JSON.string(Timestamp.text(Date() + 2))
            try await house.person.call(.patch, path, ["expiresAt": end], version: Int(version), expecting: 200)
        },
        Change(testDescription: "an administrator signs the person out everywhere", reason: "terminated") { house in
            try await house.person.call(.delete, "/users/\(house.ids["users"]!)/sessions", expecting: 204)
        },
        Change(testDescription: "the asset is disabled", reason: "grant-revoked") { house in
            try await house.person.call(
                .patch, "/assets/\(house.ids["assets"]!)", ["state": "disabled"], version: 1, expecting: 200)
        },
        Change(testDescription: "the asset is deleted", reason: "grant-revoked") { house in
            try await house.person.call(.delete, "/assets/\(house.ids["assets"]!)", expecting: 204)
        },
        Change(testDescription: "the company is suspended", reason: "tenant-suspended") { house in
            let tenants = try await house.person.installation.provider(.get, "/tenants").items
            let id = tenants.first?["id"]?.text ?? ""
            #expect(try await house.person.installation.provider(.post, "/tenants/\(id)/suspend").status == 200)
        },
        Change(testDescription: "the company is closed", reason: "tenant-suspended") { house in
            let tenants = try await house.person.installation.provider(.get, "/tenants").items
            let id = tenants.first?["id"]?.text ?? ""
            #expect(try await house.person.installation.provider(.post, "/tenants/\(id)/close", [:]).status == 200)
        },
        Change(testDescription: "a rule denies it", reason: "grant-revoked") { house in
            try await house.person.call(
                .post, "/grants",
                [
                    "name": "Stop", "effect": "deny", "users": [.string(house.ids["users"]!)],
                    "assets": [.string(house.ids["assets"]!)], "accounts": [["kind": "all"]], "protocols": ["ssh"],
                    "actions": ["connect"],
                ], expecting: 201)
        },
        Change(testDescription: "the account is deleted", reason: "grant-revoked") { house in
            try await house.person.call(.delete, "/accounts/\(house.ids["accounts"]!)", expecting: 204)
        },
    ]

    static let leaving = Change(testDescription: "the person has left the directory", reason: "user-disabled") {
        house in
        let (person, path) = (house.person, "/identity-providers/\(house.ids["identity-providers"]!)")
        let directory = try await TestDirectory()
        let (host, port): (JSON, JSON) = ("127.0.0.1", .int(Int64(directory.first.port)))
        try await person.call(
            .put, "/egress-allowances", ["items": [["host": host, "port": port]]], expecting: 200)
        let settings: JSON = [
            "kind": "ldap", "servers": [["host": host, "port": port]], "authorities": .string(directory.authority),
            "bindDn": .string(TestDirectory.searchDN), "baseDn": .string("ou=people,\(TestDirectory.base)"),
        ]
        try await person.call(
            .patch, path, ["settings": settings, "secret": .string(TestDirectory.searchPassword)], version: 1,
            expecting: 200)
        /// Leaves it to the server's own jobs, as a person does.
        func sync(_ kind: JSON) async throws {
            let run = try await person.call(.post, "\(path)/sync-runs", ["kind": kind], expecting: 201)
            try await eventually("the run is over", within: .seconds(30)) {
                try await person.call(.get, "\(path)/sync-runs/\(run["id"])").json["finishedAt"] != .null
            }
        }
        try await sync("preview")
        try await sync("run")
        // The preview was the first change of it.
        try await person.call(.patch, "\(path)/sync", ["disablesLeavers": .bool(true)], version: 2, expecting: 200)
        try await sync("run")
    }

    @Test(arguments: changes) func `open sessions end when`(_ change: Change) async throws {
        try await Self.check(change)
    }

    @Test(.enabled(if: TestDirectory.isThere))
    func `open sessions end when the person has left the directory`() async throws {
        try await Self.check(Self.leaving)
    }

    private static func check(_ change: Change) async throws {
        let installation = try await Installation()
        let house = try await Household(installation.makeTenant("acme"))
        let superuser = try await installation.test.superuser()
        let session = SessionID(house.ids["sessions"]!)
        _ = try await superuser.execute(
            """
            update sessions set state = 'live', ended_at = null, closed_at = null, end_reason = null,
                connected_at = now(), expires_at = now() + interval '1 hour', lease_until = now() + interval '1 hour',
                grant_id = \(GrantID(house.ids["grants"]!)), user_id = \(UserID(house.ids["users"]!))
            where session_id = \(session)
            """)
        func end() async throws -> String? {
            try await superuser.query("select end_reason from sessions where session_id = \(session)") {
                try $0.next(String?.self)
            }.first ?? nil
        }
        // What was at work before has nothing against it.
        try await Task.sleep(for: .milliseconds(500))
        #expect(try await end() == nil)
        try await change.make(house)
        // Two seconds on a server; here several share two cores.
        try await eventually("the session ends", within: .seconds(6)) { try await end() != nil }
        #expect(try await end() == change.reason)
        // However much else there is to tell: nothing that takes something away stands in line.
        let inLine = try await superuser.query("select type from events where not urgent") { try $0.next(String.self) }
        #expect(Set(inLine).isDisjoint(with: Features.endings + Features.shifts.filter { $0 != "grant.created" }))
    }

    @Test func `an extension keeps what is open, and its worker hears of it within two seconds`() async throws {
        let installation = try await Installation()
        let house = try await Household(installation.makeTenant("acme"))
        let superuser = try await installation.test.superuser()
        let (session, grant) = (SessionID(house.ids["sessions"]!), GrantID(house.ids["grants"]!)!)
        try await house.becomeRequest()
        _ = try await superuser.execute(
            """
            update sessions s set state = 'live', ended_at = null, closed_at = null, end_reason = null,
                connected_at = now(), expires_at = g.ends_at, lease_until = now() + interval '1 hour',
                grant_id = g.grant_id
            from grants g where s.session_id = \(session) and g.grant_id = \(grant)
            """)
        let end = Date(timeIntervalSince1970: (Date().timeIntervalSince1970 + 7200).rounded())
        try await house.person.call(
            .post, "/grants/\(grant.text)/extend", ["endsAt": .string(Timestamp.text(end))], expecting: 200)
        // Two seconds on a server; here several share two cores.
        try await eventually("the worker is told", within: .seconds(6)) {
            try await superuser.query(
                "select data from worker_events where kind = 'extend' and session_id = \(session)"
            ) { try $0.next(JSON.self) }.first?["endsAt"]?.text == Timestamp.text(end)
        }
        let sessions = try await superuser.query(
            "select state from sessions where session_id = \(session) and expires_at = \(end)"
        ) { try $0.next(String.self) }
        #expect(sessions == ["live"])
    }

    @Test(arguments: ["user.signed-out", "user.signed-out-by-provider", "user.signed-in-elsewhere"])
    func `a word that comes late, or again, ends nothing that began after it`(_ type: String) async throws {
        let installation = try await Installation()
        let house = try await Household(installation.makeTenant("acme"))
        let superuser = try await installation.test.superuser()
        let (older, sooner, newer) = (SessionID(house.ids["sessions"]!), SessionID.new(), SessionID.new())
        let user = UserID(house.ids["users"]!)!
        _ = try await superuser.execute(
            """
            update sessions set state = 'live', ended_at = null, closed_at = null, end_reason = null,
                created_at = now() - interval '2 hours', connected_at = now(), expires_at = now() + interval '1 hour',
                lease_until = now() + interval '1 hour', grant_id = \(GrantID(house.ids["grants"]!)), user_id = \(user)
            where session_id = \(older)
            """)
        // One while the sign-out was under way, by a clock that goes ahead; and one of a new sign-in.
        let moment = Date() - 3600
        for (session, begun) in [(sooner, moment + 3), (newer, moment + 60)] {
            _ = try await superuser.execute(
                """
                insert into sessions (tenant_id, session_id, user_id, user_name, asset_id, asset_name, account_id,
                    account_name, protocol, channel, grant_id, worker_id, entrance, created_at, connected_at, expires_at,
                    lease_until, recording_id, state)
                select tenant_id, \(session)::uuid, user_id, user_name, asset_id, asset_name, account_id, account_name,
                    protocol, channel, grant_id, worker_id, entrance, \(begun)::timestamptz, now(), expires_at, lease_until,
                    \(RecordingID.new())::uuid, 'live'
                from sessions where session_id = \(older)
                """)
        }
        let scope = TenantScope(tenant: try await house.tenant())
        for round in 1...2 {
            let event = DomainEvent(
                type: type, subject: user.text, data: ["sessions": .bool(true)], at: moment)
            try await installation.test.database.transaction(in: scope) { tx in
                try await Outbox().publish(event, in: scope, tx)
            }
            try await eventually("the event is told", within: .seconds(10)) {
                try await superuser.query(
                    "select count(*) from events where type = \(type) and dispatched_at is not null"
                ) { try $0.next(Int.self) } == [round]
            }
        }
        let states = try await superuser.query(
            "select state from sessions where session_id = any(\([older!, sooner, newer])) order by created_at"
        ) { try $0.next(String.self) }
        #expect(states == ["ended", "ended", "live"])
    }

    @Test func `whoever guesses somebody's password does not end their work`() async throws {
        let installation = try await Installation()
        let house = try await Household(installation.makeTenant("acme"))
        let superuser = try await installation.test.superuser()
        let session = SessionID(house.ids["sessions"]!)
        _ = try await superuser.execute(
            """
            update sessions set state = 'live', ended_at = null, closed_at = null, end_reason = null,
                connected_at = now(), expires_at = now() + interval '1 hour', lease_until = now() + interval '1 hour'
            where session_id = \(session)
            """)
        for _ in 0..<7 {
            let wrong = try await installation.call(
                .post, "/api/v1/auth/sign-in", ["login": "ada", "password": "wrong wrong wrong"], on: "acme")
            #expect(wrong.status == 401)
        }
        // The lock was told, and whoever hears of it has heard of it.
        try await eventually("the lock is told", within: .seconds(6)) {
            try await superuser.query("select 1 from events where type = 'user.locked' and dispatched_at is not null") {
                try $0.next(Int.self)
            }.count == 1
        }
        let reasons = try await superuser.query("select end_reason from sessions where session_id = \(session)") {
            try $0.next(String?.self)
        }
        #expect(reasons == [nil])
        try await house.person.call(.get, "/me", expecting: 200)
    }
}

extension Household {
    /// Makes the grant of the house one that Ada has asked for, with an end in an hour.
    fileprivate func becomeRequest() async throws {
        let grant = GrantID(ids["grants"]!)
        _ = try await person.installation.test.superuser().execute(
            """
            with asked as (
                update grants set source = 'ticket', ticket_id = \(TicketID.new()), ends_at = now() + interval '1 hour'
                where grant_id = \(grant) returning tenant_id, grant_id)
            update grant_users m set user_id = u.user_id from asked a join users u on u.tenant_id = a.tenant_id
            where m.grant_id = a.grant_id and u.login = \(person.login)
            """)
    }
}
