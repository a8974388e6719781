import Foundation
import HTTPAPI
import Kernel
import Postgres
import Stage
import Tenancy
import TestSupport
import Testing

@testable import Notifications

/// One's own messages, and nobody else's.
@Suite(.timeLimit(.minutes(2))) struct InboxTests {
    @Test func `messages are read one by one or all at once, and every window of the person hears of it`() async throws
    {
        let office = try await NoticeOffice()
        for index in 0..<3 {
            try await office.tell(office.decided("evt_\(index)"))
            office.stage.wait(1)
        }
        #expect(try await office.unread(of: office.ada) == 3)
        let id = try #require(try await office.call("my-notices.list").items.first?["id"]?.text)
        let before = office.hints.count
        #expect(try await office.call("my-notices.read", [id]).json["isRead"] == true)
        #expect(try await office.unread(of: office.ada) == 2)
        #expect(office.hints.dropFirst(before) == [[office.ada]])
        #expect(try await office.call("my-notices.read-all").json["count"] == 0)
        #expect(try await office.unread(of: office.ada) == 0)
        // Bob's are Bob's.
        #expect(try await office.unread(of: office.bob) == 3)
        for page in SiteMessage.listing.samples {
            _ = try await office.notifications.messages(page, of: office.ada, at: office.stage.now, in: office.scope)
        }
    }

    @Test func `nobody sees, counts or reads another's messages`() async throws {
        let office = try await NoticeOffice()
        try await office.tell(office.decided(to: [office.ada]))
        let id = try #require(try await office.call("my-notices.list").items.first?["id"]?.text)
        #expect(try await office.titles(of: office.cleo) == [])
        #expect(try await office.unread(of: office.cleo) == 0)
        #expect(try await office.call("my-notices.read", [id], by: office.cleo).status == 404)
        let other = try await office.stage.makeTenant("bolt")
        let eve = try await office.stage.makeUser("eve", in: other)
        #expect(try await office.call("my-notices.read", [id], by: eve, in: other).status == 404)
        // Somebody elsewhere with the very same id finds nothing, either.
        #expect(try await office.call("my-notices.list", by: office.ada, in: other).items.isEmpty)
        #expect(try await office.unread(of: office.ada) == 1)
        // Wishes, too, are one's own.
        try await office.wish([NoticeOffice.wish("ticket.decided", "site", false)], by: office.cleo)
        try await office.tell(office.decided("evt_2", to: [office.ada, office.cleo]))
        #expect(try await office.unread(of: office.ada) == 2)
        #expect(try await office.unread(of: office.cleo) == 0)
    }

    @Test func `a person has no more than so many messages, and none that is old`() async throws {
        let office = try await NoticeOffice()
        let now = office.stage.now
        try await office.stage.database.execute(
            """
            insert into site_messages (tenant_id, site_message_id, user_id, occasion, type, title, body, link, is_urgent,
              created_at)
            select \(office.scope.tenant)::uuid, gen_random_uuid(), p.id, 'old-' || n, 'ticket.decided', 'old ' || n, '', '',
              false, \(now)::timestamptz - n * interval '1 minute'
            from generate_series(1, \(SiteMessage.most)) as n, unnest(\([office.ada, office.bob])::uuid[]) as p (id)
            """, in: office.scope)
        try await office.tell(office.decided(to: [office.ada]))
        func count(_ user: UserID) async throws -> Int {
            try await office.stage.count(
                "select count(*) from site_messages where user_id = \(user)", in: office.scope)
        }
        // Whoever tells something does not wait for the trimming, which is a job.
        #expect(try await count(office.ada) == SiteMessage.most + 1)
        try await office.notifications.trim(at: now)
        #expect(try await count(office.ada) == SiteMessage.most)
        #expect(try await count(office.bob) == SiteMessage.most)
        let oldest: SQL = "select count(*) from site_messages where user_id = \(office.ada) and title = 'old 500'"
        #expect(try await office.stage.count(oldest, in: office.scope) == 0)
        #expect(try await office.titles(of: office.ada).first == "Your request #7 is approved")
        try await office.notifications.prune(at: now + SiteMessage.kept - 1)
        #expect(try await count(office.ada) == 1)
        try await office.notifications.prune(at: now + SiteMessage.kept + 1)
        #expect(try await count(office.ada) == 0)
    }

    @Test func `what goes to a chat is tried again until it is there, and given up after six times`() async throws {
        let office = try await NoticeOffice(chats: [.slack])
        office.failChats(2)
        try await office.tell(office.decided(to: [office.bob]))
        #expect(office.chats.isEmpty)
        for _ in 0..<2 { _ = try await office.notifications.sendDue(at: office.stage.now) }
        #expect(office.chats.isEmpty)
        for minutes in [1, 2, 4] {
            office.stage.wait(TimeInterval(minutes * 60))
            _ = try await office.notifications.sendDue(at: office.stage.now)
        }
        let chat = try #require(office.chats.first)
        #expect(office.chats.count == 1 && chat.user == office.bob && chat.title == "您的申请 #7 已批准")
        #expect(chat.link == "https://acme.example/requests/tkt_1" && chat.language == .chinese)
        #expect(!chat.body.contains("https://"), "chats lead there in their own way")

        office.failChats(100)
        try await office.tell(office.decided("evt_2", to: [office.bob]))
        for _ in 0..<10 {
            _ = try await office.notifications.sendDue(at: office.stage.now)
            office.stage.wait(3600)
        }
        let failed: SQL = "select count(*) from notice_deliveries where state = 'failed' and attempts <= 7"
        #expect(try await office.stage.count(failed, in: office.scope) == 1)
        #expect(office.chats.count == 1)
    }

    @Test func `a person chooses the chat in which they are told, by the type of notice`() async throws {
        let office = try await NoticeOffice(chats: [.feishu, .slack])
        let shown = try await office.call("notice-subscriptions.own", by: office.bob)
        #expect(shown.json["chats"] == ["feishu", "slack"])
        try await office.wish(
            [
                NoticeOffice.wish("ticket.decided", "slack", true),
                NoticeOffice.wish("grant.ending-soon", "messenger", false),
            ], by: office.bob)
        try await office.tell(office.decided(to: [office.ada, office.bob]))
        try await office.tell(
            Notice(.grantEndingSoon, occasion: "g", to: .people([office.bob]), ["name": .text("db")], link: ""))
        _ = try await office.notifications.sendDue(at: office.stage.now)
        let told = Dictionary(zip(office.chats.map(\.user), office.places)) { $1 }
        #expect(office.chats.count == 2)
        #expect(told == [office.ada: .messenger, office.bob: .slack])
        try await office.wish(
            [NoticeOffice.wish("ticket.decided", "sms", true)], by: office.bob, expecting: 422)
    }

    @Test func `a company with one chat need not name it, and one without has none`() async throws {
        func channels(_ chats: Set<NoticeChannel>) async throws -> Set<String> {
            let office = try await NoticeOffice(chats: chats)
            let types = try await office.call("notice-subscriptions.own").json["types"]
            guard case .array(let items)? = types,
                case .array(let ways)? = items.first(where: { $0["type"] == "ticket.decided" })?["channels"]
            else { return [] }
            return Set(ways.compactMap { $0["channel"]?.text })
        }
        #expect(try await channels([]) == ["site", "mail"])
        #expect(try await channels([.wecom]) == ["site", "mail", "messenger"])
        let two: Set = ["site", "mail", "messenger", "wecom", "dingtalk"]
        #expect(try await channels([.wecom, .dingtalk]) == two)
    }

    @Test func `a chat waits for the end of quiet hours, and for nobody who is shut out meanwhile`() async throws {
        let office = try await NoticeOffice(chats: [.lark])
        let quiet: JSON = ["quiet": ["from": "11:00", "to": "12:00"], "timeZone": "UTC"]
        for user in [office.ada, office.bob] { try await office.wish([], quiet, by: user) }
        try await office.tell(office.decided(to: [office.ada, office.bob]))
        _ = try await office.notifications.sendDue(at: office.stage.now)
        #expect(office.chats.isEmpty)
        try await office.stage.disable(office.bob, in: office.scope)
        office.stage.wait(3600)
        _ = try await office.notifications.sendDue(at: office.stage.now)
        #expect(office.chats.map(\.user) == [office.ada])
    }
}
