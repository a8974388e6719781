import FoundationEssentials
import Kernel
import Stage
import TestSupport
import Testing

@testable import Notifications

/// Mails that ask something: each leads its reader right there.
@Suite struct MailQuestionTests {
    private func question(_ office: NoticeOffice, _ occasion: String, isAsking: Bool = true) -> Notice {
        Notice(
            .decisionNeeded, occasion: occasion, to: .people([office.ada, office.bob]),
            [
                "number": .text("7"), "requester": .text("Rita"), "reason": .text("Disk"), "what": .text("web-1"),
                "deadline": .time(office.stage.now + 3600),
            ], link: "/inbox/tkt_1", question: isAsking ? .init(ticket: .new(at: office.stage.now), level: 2) : nil)
    }

    @Test func `each mail has a link of its reader's own, made once, and nothing else has`() async throws {
        let office = try await NoticeOffice(hasMail: true)
        let notice = question(office, "evt_1")
        try await office.tell(notice)
        try await office.tell(notice)
        let mails = try await office.mails()
        #expect(mails.map(\.to) == ["ada@example.com", "bob@example.com"])
        for (mail, user) in zip(mails, [office.ada, office.bob]) {
            #expect(mail.text.contains("https://acme.example/decide#2-\(user.text)"))
            #expect(!mail.text.contains("/inbox/"))
        }
        // It says who asks for what, and why, in the reader's language.
        #expect(mails[0].text.contains("Rita asks for web-1") && mails[0].text.contains("Disk"))
        #expect(mails[1].text.contains("Rita 申请 web-1"))
        #expect(office.asked.map(Set.init) == [[office.ada, office.bob]])
        let shown = try await office.call("my-notices.list", by: office.ada).items
        #expect(!"\(shown)".contains("/decide"), "the portal needs none")
        try await office.tell(question(office, "evt_2", isAsking: false))
        #expect(try await office.mails().allSatisfy { $0.text.contains("/inbox/tkt_1") })
        #expect(office.asked.count == 1)
    }

    @Test func `a mail that waits has none, since it would be over by then`() async throws {
        let office = try await NoticeOffice(hasMail: true)
        try await office.wish([], ["digest": "hourly"], by: office.bob)
        try await office.tell(question(office, "evt_1"))
        #expect(office.asked == [[office.ada]])
        #expect(try await office.mails().map(\.to) == ["ada@example.com"])
    }
}
