import Foundation
import Jobs
import Kernel
import Postgres
import Stage
import TestSupport
import Testing

@testable import Notifications

/// What the members of groups are told, however many they are.
@Suite(.timeLimit(.minutes(2))) struct NoticeRoundTests {
    private let event = EventID.new()

    private func round(_ groups: [GroupID]) -> NoticeRound {
        NoticeRound(
            .grantRevoked, of: event, to: groups, ["name": "Night shift", "reason": "Over"], link: "/my/assets")
    }

    /// How many messages there are, and how many people have one.
    private func told(_ office: NoticeOffice) async throws -> [Int] {
        try await office.stage.database.first(
            """
            select array[count(*), count(distinct user_id)]::int[] from site_messages
            where tenant_id = \(office.scope.tenant)
            """, in: office.scope
        ) { try $0.next() } ?? []
    }

    /// A group of many who neither have an address nor sign in.
    private func crowd(_ count: Int, _ office: NoticeOffice) async throws -> GroupID {
        let group = try await office.stage.makeGroup("Crowd", of: [office.bob], in: office.scope)
        try await office.stage.database.execute(
            """
            with people as (
              insert into users (tenant_id, user_id, org_id, login, name, state)
              select u.tenant_id, gen_random_uuid(), u.org_id, 'crowd' || n, 'Crowd ' || n, 'active'
              from users u cross join generate_series(1, \(count)::int) as n
              where u.tenant_id = \(office.scope.tenant) and u.user_id = \(office.ada)
              returning tenant_id, user_id
            )
            insert into group_members (tenant_id, group_id, user_id)
            select p.tenant_id, \(group)::uuid, p.user_id from people p where p.tenant_id = \(office.scope.tenant)
            """, in: office.scope)
        return group
    }

    @Test func `all members are told some at a time, each once, whatever node goes on and however often it comes`()
        async throws
    {
        let office = try await NoticeOffice(hasMail: true)
        let crowd = try await crowd(Notifications.toldAtOnce * 2, office)
        let second = try await office.stage.makeGroup("Second", of: [office.bob, office.cleo], in: office.scope)
        try await office.notifications.tell(round([crowd, second]), at: office.stage.now, in: office.scope)
        #expect(try await told(office) == [0, 0], "nobody who revokes waits for so many")
        #expect(try await office.rounds.round() == 1)
        #expect(try await told(office) == [500, 500])
        // The event comes once more, while its round is under way and when it is over.
        try await office.notifications.tell(round([crowd, second]), at: office.stage.now, in: office.scope)
        #expect(try await office.rounds.round() == 1)
        #expect(try await told(office) == [1000, 1000])
        while try await office.rounds.round() > 0 {}
        #expect(try await told(office) == [1002, 1002])
        try await office.notifications.tell(round([crowd, second]), at: office.stage.now, in: office.scope)
        #expect(try await office.rounds.round() == 0)
        #expect(try await told(office) == [1002, 1002])
        #expect(try await office.titles(of: office.ada) == [])
        #expect(try await office.titles(of: office.cleo) == ["Your access Night shift was revoked"])
        // Bob reads Chinese, and those with an address have one letter each.
        #expect(try await office.titles(of: office.bob).first?.contains("Night shift") == true)
        #expect(try await office.mails().map(\.to) == ["bob@example.com", "cleo@example.com"])
    }

    @Test func `a node that dies before the next are told leaves nothing half done`() async throws {
        let office = try await NoticeOffice()
        let group = try await office.stage.makeGroup("Ops", of: [office.bob, office.cleo], in: office.scope)
        try await office.notifications.tell(round([group]), at: office.stage.now, in: office.scope)
        struct Death: Error {}
        var ports = office.notifications.ports
        ports.hint = { _, _, _ in throw Death() }
        let dying = Notifications(database: office.stage.database, ports: ports)
        let ground = try await dying.ground(in: office.scope)
        await #expect(throws: Death.self) {
            try await dying.goRound(event, on: ground, at: office.stage.now, in: office.scope)
        }
        #expect(try await told(office) == [0, 0])
        #expect(try await office.rounds.round() == 1)
        #expect(try await told(office) == [2, 2])
    }

    @Test func `whoever is named besides hears it once, whoever is shut out hears nothing`() async throws {
        let office = try await NoticeOffice(hasMail: true)
        let group = try await office.stage.makeGroup(
            "Ops", of: [office.ada, office.bob, office.cleo], in: office.scope)
        try await office.stage.disable(office.cleo, in: office.scope)
        try await office.tell(
            Notice(
                .grantRevoked, occasion: event.text, to: .people([office.bob]),
                ["name": .text("Night shift"), "reason": .text("Over")], link: "/my/assets"))
        try await office.notifications.tell(round([group]), at: office.stage.now, in: office.scope)
        while try await office.rounds.round() > 0 {}
        #expect(try await told(office) == [2, 2])
        #expect(try await office.mails().map(\.to) == ["ada@example.com", "bob@example.com"])
    }

    @Test func `rounds that are over are forgotten in time, others never`() async throws {
        let office = try await NoticeOffice()
        let group = try await office.stage.makeGroup("Ops", of: [office.bob], in: office.scope)
        try await office.notifications.tell(round([group]), at: office.stage.now, in: office.scope)
        func count() async throws -> Int {
            try await office.stage.count("select count(*) from notice_rounds", in: office.scope)
        }
        office.stage.wait(31 * 86_400)
        try await office.notifications.prune(at: office.stage.now)
        #expect(try await count() == 1)
        while try await office.rounds.round() > 0 {}
        try await office.notifications.prune(at: office.stage.now)
        #expect(try await count() == 0)
    }
}
