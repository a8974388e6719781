import Foundation
import Kernel
import Postgres
import Stage
import Tenancy
import TestSupport
import Testing

@testable import Notifications

/// Telling people: once, in their words, by the ways that they want, when they want it.
@Suite(.timeLimit(.minutes(2)), .enabled(if: MailSink.isThere, "needs aiosmtpd (GATEHOUSE_TEST_PYTHON)"))
struct TellTests {
    @Test func `what comes twice is told once, to each in their language, and to nobody else`() async throws {
        let office = try await NoticeOffice(hasMail: true)
        for _ in 0..<2 { try await office.tell(office.decided()) }
        #expect(try await office.titles(of: office.ada) == ["Your request #7 is approved"])
        #expect(try await office.titles(of: office.bob) == ["您的申请 #7 已批准"])
        #expect(try await office.titles(of: office.cleo) == [])
        #expect(office.hints.map(Set.init) == [[office.ada, office.bob]])
        let mails = try await office.mails()
        #expect(mails.map(\.to) == ["ada@example.com", "bob@example.com"])
        #expect(mails.map(\.subject) == ["acme: Your request #7 is approved", "acme: 您的申请 #7 已批准"])
        #expect(mails.first?.text.contains("Hello Ada,") == true)
        #expect(mails.first?.text.contains("https://acme.example/requests/tkt_1") == true)
        #expect(mails.last?.text.contains("Bob，您好") == true)
        // Another occasion is news.
        try await office.tell(office.decided("evt_2", to: [office.ada]))
        #expect(try await office.unread(of: office.ada) == 2)
        #expect(try await office.mails().map(\.to) == ["ada@example.com"])
    }

    @Test func `two that tell the same at once tell it once`() async throws {
        let office = try await NoticeOffice(hasMail: true)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<6 { group.addTask { try await office.tell(office.decided()) } }
            try await group.waitForAll()
        }
        #expect(try await office.unread(of: office.ada) == 1)
        #expect(try await office.mails().count == 2)
    }

    @Test func `who does not want mail gets none; who is shut out, or has no address, neither`() async throws {
        let office = try await NoticeOffice(hasMail: true)
        try await office.wish([NoticeOffice.wish("ticket.decided", "mail", false)], by: office.ada)
        try await office.stage.database.execute(
            "update users set email = null where tenant_id = \(office.scope.tenant) and user_id = \(office.cleo)",
            in: office.scope)
        try await office.stage.disable(office.bob, in: office.scope)
        try await office.tell(office.decided(to: [office.ada, office.bob, office.cleo]))
        #expect(try await office.mails().isEmpty)
        #expect(try await office.unread(of: office.ada) == 1)
        #expect(try await office.unread(of: office.cleo) == 1)
        #expect(try await office.unread(of: office.bob) == 0)
        // Another type is not meant.
        let ended = Notice(.grantEndingSoon, occasion: "x", to: .people([office.ada]), ["name": .text("db")], link: "")
        try await office.tell(ended)
        #expect(try await office.mails().map(\.to) == ["ada@example.com"])
    }

    @Test func `whoever may not come in is told nothing, also of what waited`() async throws {
        let office = try await NoticeOffice(hasMail: true)
        try await office.wish([], ["digest": "hourly"], by: office.cleo)
        try await office.tell(office.decided("evt_0", to: [office.cleo]))
        func end(_ user: UserID, _ date: Date?) async throws {
            try await office.stage.database.execute(
                "update users set expires_at = \(date) where tenant_id = \(office.scope.tenant) and user_id = \(user)",
                in: office.scope)
        }
        let now = office.stage.now
        try await end(office.ada, now - 1)
        try await end(office.bob, now + 60)
        // Run out, and the job that shuts the account has not come by yet.
        try await office.tell(office.decided(to: [office.ada, office.bob]))
        #expect(try await office.mails().map(\.to) == ["bob@example.com"])
        #expect(try await office.unread(of: office.ada) == 0)
        try await end(office.cleo, now)
        office.stage.wait(3600)
        _ = try await office.notifications.sendDue(at: office.stage.now)
        #expect(try await office.mails().isEmpty)
        // Nor those whose whole company is shut out, for what it has not paid or is about to leave.
        for state in ["suspended", "closing"] {
            _ = try await office.stage.test.superuser().execute(
                """
                update tenants set state = \(state), closed_from = case when \(state) = 'closing' then 'active' end,
                  grace_ends_at = case when \(state) = 'closing' then now() end
                where tenant_id = \(office.scope.tenant)
                """)
            try await office.tell(office.decided("evt_\(state)", to: [office.bob]))
        }
        #expect(try await office.mails().isEmpty)
    }

    @Test func `a mail that goes at once is put into words once, with its own link`() {
        let recipient = Recipient(
            user: .new(), name: "Ada", email: "ada@example.com", language: .english, company: "acme", quiet: nil,
            digest: .off, minute: 0, offsets: [:], wants: [:])
        let notice = Notice(.grantEnded, occasion: "x", to: .people([]), ["name": .text("db")], link: "/x")
        let drafts = NoticeDrafts(
            of: notice, to: [recipient], [.site, .mail], company: [.mail: true],
            RenderNotice(type: .grantEnded, parameters: notice.parameters, own: [:]), link: "https://x/x", at: Date())
        #expect(drafts.site.first?.text.title == "Your access db has ended")
        #expect(drafts.outside.count == 1 && drafts.outside.allSatisfy { $0.text == nil })
        #expect(drafts.mailed.count == 1)
    }

    @Test func `the company's standard holds for those who said nothing`() async throws {
        let office = try await NoticeOffice(hasMail: true)
        let set = try await office.call(
            "notice-subscriptions.set-defaults", [],
            ["wishes": [NoticeOffice.wish("ticket.decided", "mail", false)]])
        #expect(set.status == 200, "\(set.json)")
        office.stage.wait(1)
        try await office.wish([NoticeOffice.wish("ticket.decided", "mail", true)], by: office.bob)
        try await office.tell(office.decided())
        #expect(try await office.mails().map(\.to) == ["bob@example.com"])
        let lines = try await office.stage.lines(in: office.scope)
        #expect(
            lines.map { $0.split(separator: " ").prefix(2).joined(separator: " ") } == [
                "notice-defaults.changed success", "notice-subscriptions.changed success",
            ])
    }

    @Test func `what somebody must not miss cannot be switched off in the portal`() async throws {
        let office = try await NoticeOffice(hasMail: true)
        try await office.wish([NoticeOffice.wish("break-glass", "site", false)], by: office.ada, expecting: 422)
        try await office.wish([NoticeOffice.wish("webhook.disabled", "mail", true)], by: office.ada, expecting: 422)
        let twice = [true, false].map { NoticeOffice.wish("ticket.decided", "mail", $0) }
        try await office.wish(twice, by: office.ada, expecting: 422)
        try await office.wish([], ["timeZone": "Mars/Olympus"], by: office.ada, expecting: 422)
        try await office.wish([], ["quiet": ["from": "24:00", "to": "07:00"]], by: office.ada, expecting: 422)
        try await office.wish([], ["quiet": ["from": "07:00", "to": "07:00"]], by: office.ada, expecting: 422)
        try await office.wish([NoticeOffice.wish("break-glass", "mail", false)], by: office.ada)
        try await office.tell(
            Notice(
                .breakGlass, occasion: "x", to: .people([office.ada]), ["requester": .text("Rita")], link: "/tickets/x")
        )
        #expect(try await office.titles(of: office.ada) == ["Emergency access by Rita"])
        #expect(try await office.mails().isEmpty)
    }

    @Test func `mail waits for the end of quiet hours in the person's time zone, what is urgent does not`()
        async throws
    {
        let office = try await NoticeOffice(hasMail: true)
        // It is 11:06 in UTC: 19:06 in Shanghai, 06:06 in New York.
        try await office.wish(
            [], ["timeZone": "Asia/Shanghai", "quiet": ["from": "19:00", "to": "20:00"]], by: office.ada)
        try await office.wish(
            [], ["timeZone": "America/New_York", "quiet": ["from": "19:00", "to": "20:00"]], by: office.bob)
        try await office.tell(office.decided())
        try await office.tell(office.decided("evt_urgent", to: [office.ada], isUrgent: true))
        #expect(try await office.unread(of: office.ada) == 2)
        #expect(try await office.mails().map(\.to) == ["ada@example.com", "bob@example.com"])
        office.stage.wait(53 * 60)
        #expect(try await office.notifications.sendDue(at: office.stage.now) == false)
        #expect(try await office.mails().isEmpty)
        office.stage.wait(60)
        _ = try await office.notifications.sendDue(at: office.stage.now)
        _ = try await office.notifications.sendDue(at: office.stage.now)
        #expect(try await office.mails().map(\.subject) == ["acme: Your request #7 is approved"])
        // Nothing of what was sent is kept.
        let kept: SQL = "select count(*) from notice_deliveries where title <> '' or body <> '' or state <> 'sent'"
        #expect(try await office.stage.count(kept, in: office.scope) == 0)
    }

    @Test func `a digest is one letter, and one whose reader was shut out meanwhile is none`() async throws {
        let office = try await NoticeOffice(hasMail: true)
        for user in [office.ada, office.bob] { try await office.wish([], ["digest": "hourly"], by: user) }
        for index in 0..<3 { try await office.tell(office.decided("evt_\(index)", comment: "Part \(index)")) }
        #expect(try await office.mails().isEmpty)
        try await office.stage.disable(office.bob, in: office.scope)
        office.stage.wait(54 * 60)
        _ = try await office.notifications.sendDue(at: office.stage.now)
        let mails = try await office.mails()
        #expect(mails.map(\.subject) == ["acme: 3 notices"])
        for index in 0..<3 { #expect(mails.first?.text.contains("Part \(index)") == true) }
    }

    @Test func `administrators are told as one audience`() async throws {
        let office = try await NoticeOffice(hasMail: true)
        let role = try await office.stage.makeRole("Administrator", of: [office.cleo], in: office.scope)
        try await office.stage.database.execute(
            "update roles set built_in = 'administrator' where tenant_id = \(office.scope.tenant) and role_id = \(role)",
            in: office.scope)
        let notice = Notice(
            .webhookDisabled, occasion: "x", to: .administrators, ["name": .text("SIEM"), "why": .word("gone")],
            link: "/webhooks/x")
        try await office.tell(notice)
        #expect(try await office.titles(of: office.cleo) == ["The webhook SIEM is disabled"])
        #expect(try await office.unread(of: office.ada) == 0)
        // Its mail is another's.
        #expect(try await office.mails().isEmpty)
    }

    @Test func `words of the company are used by their way and in their language, until they are reset`() async throws {
        let office = try await NoticeOffice(hasMail: true)
        let mine: JSON = [
            "type": "ticket.decided", "channel": "mail", "language": "en", "title": "Verdict on {{number}}",
            "body": "{{person}}: {{ outcome }} <{{reason}}>",
        ]
        #expect(try await office.call("notice-templates.set", [], mine).status == 200)
        try await office.tell(office.decided())
        let mails = try await office.mails()
        #expect(mails.map(\.subject) == ["Verdict on 7", "acme: 您的申请 #7 已批准"])
        #expect(mails.first?.text.trimmingCharacters(in: .newlines) == "Ada: approved <Disk>")
        #expect(try await office.titles(of: office.ada) == ["Your request #7 is approved"])
        let reset: JSON = ["type": "ticket.decided", "channel": "mail", "language": "en"]
        #expect(try await office.call("notice-templates.reset", [], reset).status == 200)
        try await office.tell(office.decided("evt_2", to: [office.ada]))
        #expect(try await office.mails().map(\.subject) == ["acme: Your request #7 is approved"])
    }
}
