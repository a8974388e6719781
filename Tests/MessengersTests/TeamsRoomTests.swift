import HTTPAPI
import HTTPTypes
import Kernel
import Stage
import Synchronization
import TestSupport
import Testing

@testable import Messengers

/// Cards and news in a room of Teams, against a stand-in that checks what the vendor checks.
@Suite(.enabled(if: StandInCardVendors.isThere)) struct TeamsRoomTests {
    @Test func `Teams gets one card for all, in its language, and one when it is over`() async throws {
        let other = try await Other("teams")
        let team = other.team
        let (ann, bob) = (try await team.person("ann"), try await team.person("bob"))
        let ticket = try await team.request(by: try await team.person("carl"), for: [ann, bob])
        try await team.deliver(ticket)
        try await team.deliver(ticket)
        #expect(try await other.messages().count == 1)
        let text = String(decoding: try await other.card(of: "room").bytes, as: UTF8.self)
        #expect(text.contains("等待审批") && text.contains("/inbox/\(ticket.text)"))
        team.office.book.withLock { $0.requests[ticket]?.state = .approved }
        try await team.deliver(ticket)
        try await team.deliver(ticket)
        let all = try await other.messages()
        #expect(all.count == 2 && String(decoding: all[1].bytes, as: UTF8.self).contains("已批准"))
        // Nobody's word comes back by it.
        let raw = RawCallback(
            method: .post, headers: [.contentType: "application/json"], body: Array("{\"approve\":true}".utf8))
        #expect(try await team.send(raw, to: other.channel.token).status == ProblemType.callbackRefused.status)
        // The address is a secret, also where something goes wrong.
        try await other.behave(["fail": [["status": 400, "body": ["sig": "the-signature"]]]])
        let tried = try await team.call("messenger-channels.test", [other.channel.id.text])
        let shown = try await team.call("messenger-channels.show", [other.channel.id.text])
        #expect(tried["outcome"] == "failed")
        #expect(!"\(tried.json)\(shown.json)".contains("the-signature"))
    }

    @Test func `a room in Teams is told once of each occasion, in plain words`() async throws {
        let other = try await Other("teams")
        let team = other.team
        let (ann, bob) = (try await team.person("ann"), try await team.person("bob"))
        func notice(_ user: UserID, _ occasion: String) -> ChatNotice {
            ChatNotice(
                user: user, occasion: occasion, title: "[x](javascript:1) is over", body: "<at>all</at>",
                link: "https://acme.example.com/x")
        }
        #expect(try await team.messengers.chats(in: team.scope) == [.teams])
        // Nobody is found there by themselves.
        #expect(try await !team.messengers.say(notice(ann, "o1"), at: team.stage.now, in: team.scope))
        for _ in 0..<2 {
            #expect(
                try await team.messengers.say(notice(ann, "o1"), through: .teams, at: team.stage.now, in: team.scope))
            try await team.deliver()
        }
        #expect(try await team.messengers.say(notice(bob, "o2"), through: .teams, at: team.stage.now, in: team.scope))
        try await team.deliver()
        let all = try await other.messages()
        #expect(all.count == 2)
        let text = String(decoding: all[0].bytes, as: UTF8.self)
        #expect(text.contains("is over") && text.contains("https://acme.example.com/x") && text.contains("在门户中打开"))
        // What is for nobody by themselves waits for nobody.
        let alone = ChatNotice(
            user: nil, occasion: "o3", title: "T", body: "B", link: "https://acme.example.com/y", language: "en")
        for _ in 0..<2 {
            #expect(try await team.messengers.say(alone, through: .teams, at: team.stage.now, in: team.scope))
            try await team.deliver()
        }
        #expect(try await !team.messengers.say(alone, at: team.stage.now, in: team.scope))
        let last = try await other.messages()
        #expect(last.count == 3)
        #expect(
            last.last.map { String(decoding: $0.bytes, as: UTF8.self).contains("https://acme.example.com/y") } == true)
        #expect(!text.contains("[x](") && !text.contains("<at>"))
    }
}
