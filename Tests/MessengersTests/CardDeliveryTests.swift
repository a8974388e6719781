import Audit
import Foundation
import HTTPAPI
import Kernel
import Postgres
import Stage
import Synchronization
import TestSupport
import Testing

@testable import Messengers

/// Cards on their way: to whom, how often, and what becomes of them when the request moves on or the vendor stumbles.
@Suite(.enabled(if: StandInVendors.isThere)) struct CardDeliveryTests {
    private func state(_ team: Team) async throws -> [String] {
        try await team.stage.database.query(
            "select state from messenger_cards where tenant_id = \(team.scope.tenant) order by card_id",
            in: team.scope
        ) { try $0.next() }
    }

    private static var later: String {
        let format = DateFormatter()
        format.locale = Locale(identifier: "en_US_POSIX")
        format.timeZone = TimeZone(identifier: "GMT")
        format.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
        return format.string(from: Stage.start + 40)
    }

    @Test(arguments: ["feishu", "lark", "slack"], [true, false])
    func `each approver gets one card in their language, and every copy shows the decision`(
        _ vendor: String, _ byLinks: Bool
    ) async throws {
        let team = try await Team()
        _ = try await team.channel(vendor, byLinks: byLinks)
        let ann = try await team.person("ann")
        let bao = try await team.person("bao", language: "zh-CN")
        let requester = try await team.person("carl")
        let ticket = try await team.request(by: requester, for: [ann, bao])
        try await team.deliver(ticket)
        try await team.deliver(ticket)
        var messages = try await team.messages()
        #expect(messages.count == 2)
        #expect(messages.allSatisfy { $0["updates"] == 0 })
        let english = String(
            decoding: messages.first { $0["to"]?.text?.lowercased().hasSuffix("ann") == true }?.bytes ?? [],
            as: UTF8.self)
        let chinese = String(
            decoding: messages.first { $0["to"]?.text?.lowercased().hasSuffix("bao") == true }?.bytes ?? [],
            as: UTF8.self)
        for text in ["Approve", "Carl", "Disk is full", "web-1, web-2", "1 h 30 min", "1. Lead: waiting"] {
            #expect(english.contains(text), "\(text)")
        }
        for text in ["批准", "Carl", "1 小时", "web-1、web-2"] { #expect(chinese.contains(text), "\(text)") }
        // Decided elsewhere.
        team.office.book.withLock {
            $0.requests[ticket]?.state = .approved
            $0.requests[ticket]?.answers = [(ann, true, "", nil)]
        }
        try await team.deliver(ticket)
        messages = try await team.messages()
        #expect(messages.count == 2)
        for message in messages {
            let text = String(decoding: message.bytes, as: UTF8.self)
            #expect(message["updates"] == 1)
            #expect(text.contains("Ann") && (text.contains("Approved") || text.contains("已批准")), "\(text)")
            #expect(!text.contains("\"approve\""), "\(text)")
        }
        #expect(try await state(team) == ["closed", "closed"])
        try await team.deliver(ticket)
        #expect(try await team.messages().allSatisfy { $0["updates"] == 1 })
    }

    @Test func `several channels ask the same people, each by a card of its own`() async throws {
        let team = try await Team()
        _ = try await team.channel("feishu")
        _ = try await team.channel("slack")
        let ann = try await team.person("ann")
        let ticket = try await team.request(by: try await team.person("carl"), for: [ann])
        try await team.deliver(ticket)
        let people = try await team.messages().compactMap { $0["to"]?.text }.sorted()
        #expect(people == ["UANN", "on_ann"])
    }

    @Test func `whom nobody there is known to be is asked elsewhere, and found once they are linked`() async throws {
        let team = try await Team()
        _ = try await team.channel("feishu")
        let ann = try await team.person("ann", isLinked: false)
        let ticket = try await team.request(by: try await team.person("carl"), for: [ann])
        try await team.deliver(ticket)
        #expect(try await team.messages().isEmpty)
        #expect(try await team.undelivered().isEmpty)
        team.office.book.withLock { $0.linked[ann] = "ann" }
        try await team.deliver(ticket)
        #expect(try await team.messages().count == 1)
    }

    @Test func `the app's token is had once for all, and once more when it is refused`() async throws {
        let team = try await Team()
        _ = try await team.channel("feishu")
        var people: [UserID] = []
        for number in 0..<6 { people.append(try await team.person("ann\(number)")) }
        let carl = try await team.person("carl")
        try await team.deliver(try await team.request(by: carl, for: people))
        #expect(try await team.vendor()["tokens"] == 1)
        _ = try await team.ask("control", ["revoke": true])
        try await team.deliver(try await team.request(by: carl, for: [people[0]]))
        #expect(try await team.messages().count == 7)
        #expect(try await team.vendor()["tokens"] == 2)
    }

    @Test(arguments: [
        ("feishu", ["status": 429, "body": ["code": 99_991_400], "headers": ["x-ogw-ratelimit-reset": "40"]] as JSON),
        ("slack", ["status": 429, "body": ["ok": false], "headers": ["Retry-After": "40"]] as JSON),
        // As a moment, forty seconds after the clock of the test.
        ("slack", ["status": 429, "body": ["ok": false], "headers": ["Retry-After": .string(Self.later)]] as JSON),
    ])
    func `a vendor that wants a pause gets it, for the whole channel`(_ vendor: String, _ answer: JSON) async throws {
        let team = try await Team()
        let channel = try await team.channel(vendor)
        let (ann, carl) = (try await team.person("ann"), try await team.person("carl"))
        try await team.fail([answer])
        try await team.deliver(try await team.request(by: carl, for: [ann]))
        #expect(
            try await team.messengers.find(channel.id, at: team.stage.now, in: team.scope).restingUntil == team.stage
                .now + 40)
        try await team.deliver(try await team.request(by: carl, for: [ann]))
        #expect(try await team.messages().isEmpty)
        team.stage.wait(41)
        try await team.deliver()
        #expect(try await team.messages().count == 2)
    }

    @Test func `what may go well another time is tried again, and given to others in the end`() async throws {
        let team = try await Team()
        _ = try await team.channel("slack")
        let ann = try await team.person("ann")
        let ticket = try await team.request(by: try await team.person("carl"), for: [ann])
        try await team.fail([["status": 503], ["status": 200, "body": ["ok": false, "error": "internal_error"]]])
        try await team.deliver(ticket)
        for _ in 0..<2 {
            #expect(try await team.messages().isEmpty)
            team.stage.wait(60)
            try await team.deliver()
        }
        #expect(try await team.messages().count == 1)
        let other = try await team.request(by: try await team.person("dora"), for: [ann])
        try await team.fail([JSON](repeating: ["status": 503], count: 20))
        try await team.deliver(other)
        for _ in 0..<Messengers.mostAttempts {
            team.stage.wait(3600)
            try await team.deliver()
        }
        #expect(try await team.undelivered() == [ann.text])
        #expect(try await state(team).sorted() == ["dead", "open"])
    }

    @Test func `what a vendor refuses for good is told to others at once`() async throws {
        let team = try await Team()
        let channel = try await team.channel("slack")
        let ann = try await team.person("ann")
        try await team.fail([["status": 200, "body": ["ok": false, "error": "account_inactive"]]])
        try await team.deliver(try await team.request(by: try await team.person("carl"), for: [ann]))
        #expect(try await team.undelivered() == [ann.text])
        #expect(
            try await team.messengers.find(channel.id, at: team.stage.now, in: team.scope).lastError?.contains(
                "account_inactive") == true)
    }

    @Test func `words of people are letters, whatever they would be elsewhere`() async throws {
        let team = try await Team()
        _ = try await team.channel("feishu")
        _ = try await team.channel("slack")
        let reason =
            "<at id=all></at> <!here> @channel [x](javascript:alert(1)) *b* &lt; \u{202E}evil\u{202C} \u{1F468}\u{1F3FD} "
            + String(repeating: "长", count: 3000)
        let ann = try await team.person("ann")
        try await team.deliver(try await team.request(by: try await team.person("carl"), for: [ann], reason: reason))
        let messages = try await team.messages()
        #expect(messages.count == 2)
        for message in messages {
            let shown = plain(in: message["card"] ?? .null)
            let line = try #require(shown.first { $0.contains("javascript") })
            #expect(line.contains("<at id=all></at> <!here> @channel [x](javascript:alert(1)) *b* &lt; evil"))
            #expect(!line.unicodeScalars.contains { $0.value == 0x202E })
            #expect(line.hasSuffix("…") && line.count < 1100)
        }
    }

    /// The plain texts of a card; anything else with somebody's words in it would be missing here.
    private func plain(in json: JSON) -> [String] {
        switch json {
        case .array(let all): return all.flatMap(plain)
        case .object(let members):
            let isPlain = json["tag"]?.text == "plain_text" || json["type"]?.text == "plain_text"
            if isPlain, let text = json["content"]?.text ?? json["text"]?.text { return [text] }
            return members.flatMap { plain(in: $0.value) }
        default: return []
        }
    }
}
