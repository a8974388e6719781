import Foundation
import HTTPAPI
import Kernel
import Postgres
import Stage
import TestSupport
import Testing

@testable import Notifications

/// What is said in rooms, in which many read along.
@Suite(.timeLimit(.minutes(2))) struct RoomNoticeTests {
    private func emergency(_ occasion: String, to users: [UserID]) -> Notice {
        Notice(
            .breakGlass, occasion: occasion, to: .people(users),
            ["number": .text("7"), "requester": .text("Rita"), "reason": .text("Disk"), "what": .text("web-1")],
            link: "/tickets/x")
    }

    private func told(_ office: NoticeOffice) async throws -> [NoticeMessage] {
        _ = try await office.notifications.sendDue(at: office.stage.now)
        return zip(office.chats, office.places).filter { $1 == .teams }.map(\.0)
    }

    private func name(_ types: [String], _ office: NoticeOffice) async throws -> Answer {
        try await office.call(
            "notice-subscriptions.set-defaults", [],
            ["wishes": .array(types.map { NoticeOffice.wish($0, "teams", true) })])
    }

    @Test func `a room hears what its company has named for it, once, and nothing by itself`() async throws {
        let office = try await NoticeOffice(chats: [.teams])
        try await office.tell(emergency("e1", to: [office.ada, office.bob]))
        #expect(try await told(office).isEmpty)
        #expect(try await name(["break-glass"], office).status == 200)
        try await office.tell(emergency("e2", to: [office.ada, office.bob]))
        // Somebody else is told of the same later.
        try await office.tell(emergency("e2", to: [office.cleo]))
        let messages = try await told(office)
        #expect(messages.count == 1 && messages.first?.title == "Emergency access by Rita", "\(messages)")
        #expect(messages.first?.link == "https://acme.example/tickets/x")
        #expect(try await office.titles(of: office.cleo).count == 1, "people are told all the same")
        try await office.tell(office.decided(to: [office.ada]))
        #expect(try await told(office).count == 1)
    }

    @Test(arguments: ["disabled", "deleted"])
    func `a room is told although nobody is left of those who were told with it`(_ end: String) async throws {
        let office = try await NoticeOffice(chats: [.teams])
        #expect(try await name(["break-glass"], office).status == 200)
        try await office.tell(emergency("e1", to: [office.ada, office.bob]))
        let people = [office.ada, office.bob]
        let superuser = try await office.stage.test.superuser()
        _ =
            end == "disabled"
            ? try await superuser.execute("update users set state = 'disabled' where user_id = any(\(people))")
            : try await superuser.execute("delete from users where user_id = any(\(people))")
        #expect(try await told(office).map(\.title) == ["Emergency access by Rita"])
        #expect(office.chats.map(\.user) == [nil])
        // Once, also if somebody else is told of the same later.
        try await office.tell(emergency("e1", to: [office.cleo]))
        #expect(try await told(office).count == 1)
    }

    @Test func `rooms are the company's to name, and for what is for many`() async throws {
        let office = try await NoticeOffice(chats: [.teams])
        func ways(_ answer: Answer, _ type: String) -> [String] {
            let shown = answer.json["types"]?.elements.first { $0["type"]?.text == type }
            return shown?["channels"]?.elements.compactMap { $0["channel"]?.text } ?? []
        }
        let own = try await office.call("notice-subscriptions.own")
        let defaults = try await office.call("notice-subscriptions.defaults")
        #expect(!ways(own, "break-glass").contains("teams") && ways(defaults, "break-glass").contains("teams"))
        #expect(!ways(defaults, "ticket.decided").contains("teams") && defaults.json["chats"] == [])
        try await office.wish([NoticeOffice.wish("break-glass", "teams", true)], by: office.bob, expecting: 422)
        #expect(try await name(["ticket.decided"], office).status == 422)
    }

    @Test func `an announcement for some is not for a room, and one for all is said once`() async throws {
        let office = try await NoticeOffice(chats: [.teams])
        #expect(try await name(["announcement"], office).status == 200)
        func announce(_ title: String, _ audience: [JSON]) async throws {
            let body: JSON = [
                "title": .string(title), "body": "Text", "audience": .array(audience), "startsAt": .null,
                "endsAt": .string(Timestamp.text(office.stage.now + 86_400)),
            ]
            #expect(try await office.call("announcements.create", [], body).status == 201)
        }
        try await announce("For Bob", [["user": .string(office.bob.text)]])
        try await announce("For all", [])
        try await office.announce()
        #expect(try await told(office).map(\.title) == ["For all"])
        #expect(try await office.titles(of: office.bob).count == 2)
    }
}

extension JSON {
    fileprivate var elements: [JSON] { if case .array(let elements) = self { elements } else { [] } }
}
