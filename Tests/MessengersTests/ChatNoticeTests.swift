import Foundation
import Kernel
import Postgres
import Stage
import TestSupport
import Testing

@testable import Messengers

/// Plain news in chats: to one person, once, in the chat that is named, with vendors that check what they are sent.
@Suite(.enabled(if: StandInVendors.isThere)) struct ChatNoticeTests {
    private func notice(_ user: UserID, _ occasion: String = "evt_1", body: String = "Fine") -> ChatNotice {
        ChatNotice(
            user: user, occasion: occasion, title: "Your request #7 is approved", body: body,
            link: "https://acme.example.com/requests/tkt_1")
    }

    private func texts(_ team: Team) async throws -> [String] {
        try await team.messages().map { String(decoding: $0.bytes, as: UTF8.self) }
    }

    @Test(arguments: ["feishu", "lark", "slack"])
    func `a person is told once, in plain words that lead to the portal`(_ vendor: String) async throws {
        let team = try await Team()
        _ = try await team.channel(vendor)
        let ann = try await team.person("ann")
        _ = try await team.person("bob")
        for _ in 0..<2 {
            #expect(try await team.messengers.say(notice(ann), at: team.stage.now, in: team.scope))
            try await team.deliver()
        }
        let told = try await texts(team)
        #expect(told.count == 1)
        let text = try #require(told.first)
        #expect(text.contains("Your request #7 is approved") && text.contains("Fine"))
        #expect(text.contains("acme.example.com") && text.lowercased().contains("ann"))
        #expect(!text.contains("\"approve\""), "there is nothing to decide")
        // Another occasion is told anew.
        #expect(try await team.messengers.say(notice(ann, "evt_2"), at: team.stage.now, in: team.scope))
        try await team.deliver()
        #expect(try await texts(team).count == 2)
    }

    @Test func `the chat that is named is taken, and nobody is found in one that there is not`() async throws {
        let team = try await Team()
        _ = try await team.channel("feishu")
        _ = try await team.channel("slack")
        let ann = try await team.person("ann")
        #expect(try await team.messengers.chats(in: team.scope) == [.feishu, .slack])
        #expect(try await team.messengers.say(notice(ann), through: .slack, at: team.stage.now, in: team.scope))
        #expect(try await !team.messengers.say(notice(ann), through: .wecom, at: team.stage.now, in: team.scope))
        let stranger = try await team.person("eve", isLinked: false)
        #expect(try await !team.messengers.say(notice(stranger), at: team.stage.now, in: team.scope))
        try await team.deliver()
        let messages = try await team.messages()
        #expect(messages.count == 1 && messages.first?["to"]?.text?.hasPrefix("U") == true, "\(messages)")
        let other = try await team.stage.makeTenant("bolt")
        #expect(try await team.messengers.chats(in: other).isEmpty)
        #expect(try await !team.messengers.say(notice(ann), at: team.stage.now, in: other))
    }
}
