import Assets
import Audit
import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres
import Stage
import TestSupport
import Testing

@testable import Access

@Suite struct GrantLifeTests {
    /// Access for Rita from a request.
    private func ask(
        _ estate: Estate, for length: TimeInterval = 7200, from start: TimeInterval = 0, unusedAfter: Int? = nil
    ) async throws -> GrantID {
        let start = estate.stage.now.addingTimeInterval(start)
        let grant = NewGrant(
            ticket: .new(), name: "Request #1", user: estate.rita, assets: [estate.asset],
            accounts: [try AccountName(parsing: "root")], protocols: [.ssh], actions: [.connect], startsAt: start,
            endsAt: start.addingTimeInterval(length), unusedAfter: unusedAfter, createdAt: estate.stage.now)
        try await estate.stage.database.transaction(in: estate.scope) { transaction in
            try await estate.access.give(grant, in: estate.scope, transaction)
        }
        return grant.id
    }

    @Test func `one's own access is handed back once, and nobody else's`() async throws {
        let estate = try await Estate()
        let (stage, scope) = (estate.stage, estate.scope)
        let (mine, standing) = (try await ask(estate), try await estate.grant())
        func handBack(_ grant: GrantID, by user: UserID, in scope: TenantScope) async throws -> Answer {
            try await stage.call(estate.endpoints, "access.hand-back", [grant.text], by: user, in: scope)
        }
        #expect(try await handBack(mine, by: estate.admin, in: scope).status == 404)
        #expect(try await handBack(mine, by: estate.rita, in: try await stage.makeTenant("bolt")).status == 404)
        #expect(try await handBack(standing.id, by: estate.rita, in: scope).status == 404)
        #expect(try await estate.decide().isAllowed)
        #expect(try await handBack(mine, by: estate.rita, in: scope)["state"] == "ended")
        #expect(try await handBack(mine, by: estate.rita, in: scope).problem == "grant-not-active")
        let grant = try await estate.access.find(mine, in: scope)
        #expect(grant.endedBecause == .handedBack && grant.state == .ended)
        #expect(try await stage.events(in: scope).suffix(1) == ["grant.handed-back"])
        #expect(try await stage.lines(in: scope).contains("grant.handed-back success Request #1"))
    }

    @Test func `what is held now or later is shown to who holds it, and nothing that is over`() async throws {
        let estate = try await Estate()
        let (stage, scope) = (estate.stage, estate.scope)
        let (now, later) = (try await ask(estate), try await ask(estate, from: 3600))
        let standing = try await estate.grant("Standing")
        try await estate.grant("Never", effect: .deny)
        let over = try await ask(estate, for: 60, from: -120)
        let given = try await ask(estate)
        _ = try await estate.access.handBack(given, by: estate.rita, at: stage.now, audit: .discarding, in: scope)
        func held(by user: UserID, in scope: TenantScope) async throws -> [JSON] {
            try await stage.call(estate.endpoints, "access.held", by: user, in: scope).items
        }
        let items = try await held(by: estate.rita, in: scope)
        #expect(Set(items.compactMap { $0["id"]?.text }) == [now.text, later.text, standing.id.text])
        #expect(!items.contains { $0["id"]?.text == over.text })
        #expect(items.allSatisfy { $0["isUsed"] == false && $0["assets"] != [] })
        #expect(try await held(by: estate.admin, in: scope).isEmpty)
        for page in MyGrant.listing.samples {
            _ = try await estate.access.held(by: estate.rita, page, at: stage.now, in: scope)
        }
    }

    @Test func `an end moves to later, and only of what is not over`() async throws {
        let estate = try await Estate()
        let (stage, scope, now) = (estate.stage, estate.scope, estate.stage.now)
        func extend(_ grant: GrantID, _ seconds: TimeInterval, in scope: TenantScope) async throws -> Answer {
            try await stage.call(
                estate.endpoints, "access.extend", [grant.text],
                body: ["endsAt": .string(Timestamp.text(now.addingTimeInterval(seconds)))], by: estate.admin, in: scope)
        }
        let grant = try await ask(estate, for: 600)
        #expect(try await extend(grant, 1200, in: try await stage.makeTenant("bolt")).status == 404)
        #expect(try await extend(grant, 600, in: scope).problem == "grant-end-not-later")
        #expect(try await extend(estate.grant().id, 600, in: scope).problem == "grant-end-not-later")
        #expect(try await extend(grant, 1200, in: scope).status == 200)
        #expect(try await stage.events(in: scope).suffix(1) == ["grant.extended"])
        #expect(try await estate.access.endDueGrants(at: now.addingTimeInterval(700)) == 0)
        #expect(try await estate.decide(at: now.addingTimeInterval(1199)).isAllowed)
        stage.wait(1200)
        // The sweep has not come yet: the time says it.
        #expect(try await extend(grant, 1800, in: scope).problem == "grant-not-active")
        #expect(try await estate.access.endDueGrants(at: stage.now) == 1)
        #expect(try await extend(grant, 1800, in: scope).problem == "grant-not-active")
        #expect(try await estate.access.find(grant, in: scope).endedBecause == .time)
    }

    static let reminders: [(TimeInterval, [TimeInterval])] = [
        (60, []), (1_800, [1_200]), (7_200, [6_600]), (10_800, [7_200]), (86_400, [82_800]),
        (259_200, [172_800, 255_600]), (604_800, [518_400, 601_200]),
    ]

    @Test(arguments: reminders)
    func `the end is told of in time, by how long it is held`(_ length: TimeInterval, _ moments: [TimeInterval]) {
        let start = Date(timeIntervalSince1970: 1_795_000_000)
        let life = GrantLife(state: .active, startsAt: start, endsAt: start.addingTimeInterval(length))
        var (told, now) = ([TimeInterval](), start)
        while let next = life.reminder(after: now) {
            told.append(next.timeIntervalSince(start))
            now = next
        }
        #expect(told == moments)
        #expect(GrantLife(state: .active, startsAt: start, endsAt: nil).reminder(after: start) == nil)
    }

    @Test func `each moment is told once, and again after an extension`() async throws {
        let estate = try await Estate()
        let (stage, scope, now) = (estate.stage, estate.scope, estate.stage.now)
        let grant = try await ask(estate, for: 86_400)
        try await estate.grant("Standing", endsAt: now.addingTimeInterval(86_400))
        func remind(at seconds: TimeInterval) async throws -> Int {
            _ = try await estate.access.remindOfEnds(at: now.addingTimeInterval(seconds))
            return try await stage.events(in: scope).count { $0 == "grant.ending-soon" }
        }
        #expect(try await remind(at: 82_799) == 0)
        #expect(try await remind(at: 82_800) == 1)
        #expect(try await remind(at: 82_860) == 1)
        _ = try await stage.database.transaction(in: scope) { transaction in
            try await estate.access.extend(
                grant, to: now.addingTimeInterval(172_800), at: now.addingTimeInterval(82_900), in: scope, transaction)
        }
        #expect(try await remind(at: 86_400) == 1)
        #expect(try await remind(at: 169_200) == 2)
        #expect(try await remind(at: 172_799) == 2)
    }

    @Test func `nobody is told of the end of what is over`() async throws {
        let estate = try await Estate()
        let grant = try await ask(estate, for: 7_200)
        _ = try await estate.access.revoke(
            grant, RevokeGrant(reason: "x"), by: estate.admin, at: estate.stage.now, audit: .discarding,
            in: estate.scope)
        #expect(try await estate.access.remindOfEnds(at: estate.stage.now.addingTimeInterval(7_000)) == 0)
    }

    @Test func `what nobody uses in time ends, and what somebody used goes on`() async throws {
        let estate = try await Estate()
        let (stage, scope, now) = (estate.stage, estate.scope, estate.stage.now)
        let (idle, used) = (try await ask(estate, unusedAfter: 600), try await ask(estate, unusedAfter: 600))
        let (later, free) = (try await ask(estate, from: 3_600, unusedAfter: 600), try await ask(estate))
        let (worker, key) = (WorkerID.new(), [UInt8](repeating: 1, count: 32))
        try await stage.database.execute(
            """
            insert into workers (worker_id, name, pool, signing_key, sealing_key, enrolled_at, last_seen_at)
            values (\(worker), 'one', 'default', \(key), \(key), \(now), \(now))
            """, in: SystemScope(reason: "test"))
        try await stage.database.execute(
            """
            insert into sessions (tenant_id, session_id, user_id, user_name, asset_id, asset_name, account_id,
                account_name, protocol, channel, grant_id, worker_id, entrance, created_at, expires_at, lease_until,
                recording_id, state, ended_at, end_reason)
            values (\(scope.tenant), \(SessionID.new()), \(estate.rita), 'Rita', \(estate.asset), 'web-1', \(AccountID.new()),
                'root', 'ssh', 'shell', \(used), \(worker), 'ssh', \(now), \(now), \(now), \(RecordingID.new()), 'ended',
                \(now), 'exited')
            """, in: scope)
        #expect(try await estate.access.endUnusedGrants(at: now.addingTimeInterval(599)) == 0)
        #expect(try await estate.access.endUnusedGrants(at: now.addingTimeInterval(600)) == 2)
        #expect(try await estate.access.endUnusedGrants(at: now.addingTimeInterval(601)) == 0)
        for (grant, state) in [(idle, Grant.State.ended), (used, .active), (later, .active), (free, .active)] {
            #expect(try await estate.access.find(grant, in: scope).state == state)
        }
        #expect(try await estate.access.find(idle, in: scope).endedBecause == .unused)
        #expect(try await stage.events(in: scope).suffix(1) == ["grant.unused"])
        // One that cannot be ended keeps no other from it.
        let (stuck, next) = (try await ask(estate, unusedAfter: 600), try await ask(estate, unusedAfter: 601))
        try await stage.database.execute(
            "update grants set version = 2147483647 where grant_id = \(stuck)", in: scope)
        await #expect(throws: (any Error).self) {
            _ = try await estate.access.endUnusedGrants(at: now.addingTimeInterval(700))
        }
        #expect(try await estate.access.find(stuck, in: scope).state == .active)
        #expect(try await estate.access.find(next, in: scope).state == .ended)
        try await stage.database.execute("update grants set version = 1 where grant_id = \(stuck)", in: scope)
        #expect(try await estate.access.endUnusedGrants(at: now.addingTimeInterval(700)) == 1)
        // It counts from its start.
        #expect(try await estate.access.endUnusedGrants(at: now.addingTimeInterval(4_200)) == 1)
        #expect(try await estate.access.find(later, in: scope).state == .ended)
    }

    @Test func `whose end was moved has as long to use it as from the start`() async throws {
        let estate = try await Estate()
        let (scope, now) = (estate.scope, estate.stage.now)
        // The second is over before anybody would look, until it lasts longer; the third has not begun.
        let (long, short) = (try await ask(estate, unusedAfter: 600), try await ask(estate, for: 500, unusedAfter: 600))
        let later = try await ask(estate, from: 3_600, unusedAfter: 600)
        func end(at seconds: TimeInterval) async throws -> Set<GrantID> {
            _ = try await estate.access.endUnusedGrants(at: now.addingTimeInterval(seconds))
            var ended = Set<GrantID>()
            for grant in [long, short, later] {
                if try await estate.access.find(grant, in: scope).endedBecause == .unused { ended.insert(grant) }
            }
            return ended
        }
        for grant in [long, short, later] {
            _ = try await estate.stage.database.transaction(in: scope) { transaction in
                try await estate.access.extend(
                    grant, to: now.addingTimeInterval(86_400), at: now.addingTimeInterval(400), in: scope, transaction)
            }
        }
        let data = try await estate.stage.database.query(
            "select data from events where tenant_id = \(scope.tenant) and type = 'grant.extended'", in: scope
        ) { try $0.next(JSON.self) }
        #expect(data.map { $0["endsAt"] } == Array(repeating: .string(Timestamp.text(now + 86_400)), count: 3))
        // Somebody who saw it was due, and had its lock after it was moved, ends nothing.
        try await estate.access.endUnused([long], at: now.addingTimeInterval(600), in: scope)
        #expect(try await end(at: 999) == [])
        #expect(try await end(at: 1_000) == [long, short])
        #expect(try await end(at: 4_199) == [long, short])
        #expect(try await end(at: 4_200) == [long, short, later])
    }
}
