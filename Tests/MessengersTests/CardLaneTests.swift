import Cryptography
import Foundation
import Jobs
import Kernel
import Logging
import Postgres
import Stage
import Synchronization
import TestSupport
import Testing

@testable import Messengers

/// Who waits for whom: nobody for a vendor at which somebody else is asked, and no approver for one who does not answer.
@Suite(.enabled(if: StandInVendors.isThere)) struct CardLaneTests {
    private func running(_ team: Team, _ work: () async throws -> Void) async throws {
        let pump = CardPump(
            messengers: team.messengers, clock: { [stage = team.stage] in stage.now },
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let task = Task { try await pump.run() }
        defer { task.cancel() }
        try await work()
    }

    @Test func `a vendor who does not answer delays nobody's cards but their own`() async throws {
        let team = try await Team()
        let mute = team.room + "-mute"
        _ = try await team.channel("feishu", room: mute)
        _ = try await team.channel("slack")
        let (ann, carl) = (try await team.person("ann"), try await team.person("carl"))
        _ = try await team.ask("control", ["delay": 30], in: mute)
        for _ in 0..<40 {
            try await team.messengers.announce(
                try await team.request(by: carl, for: [ann]), at: team.stage.now, in: team.scope)
        }
        try await running(team) {
            // The one who hangs is given up after ten seconds; nobody else waits for that.
            try await eventually("everybody who is asked at the other vendor is", within: .seconds(8)) {
                try await team.messages().count == 40
            }
        }
    }

    @Test func `news that come while a card is on its way send it no second time, and are on it in the end`()
        async throws
    {
        let team = try await Team()
        _ = try await team.channel("slack")
        let ann = try await team.person("ann")
        let ticket = try await team.request(by: try await team.person("carl"), for: [ann])
        _ = try await team.ask("control", ["delay": 1])
        func announce() async throws {
            try await team.messengers.announce(ticket, at: team.stage.now, in: team.scope)
        }
        try await announce()
        try await running(team) {
            try await eventually("it is on its way", within: .seconds(10)) {
                guard case .array(let calls)? = try await team.vendor()["calls"] else { return false }
                return !calls.isEmpty
            }
            team.office.book.withLock { $0.requests[ticket]?.reason = "Another reason" }
            try await announce()
            try await eventually("the news are on it", within: .seconds(10)) {
                String(decoding: try await team.vendor().bytes, as: UTF8.self).contains("Another reason")
            }
        }
        let messages = try await team.messages()
        #expect(messages.count == 1 && messages[0]["updates"] == 1)
    }

    @Test func `claims take turns of channels and tenants, and keep to their shares`() async throws {
        let team = try await Team()
        let owner = try await team.stage.test.superuser()
        try await owner.run(script: "set session_replication_role = replica")
        let theirs = try await team.stage.makeTenant("bolt")
        func line(_ scope: TenantScope, cards: Int, pace: String = "quick") async throws -> MessengerChannelID {
            let channel = MessengerChannelID.new()
            _ = try await owner.execute(
                """
                insert into messenger_channels (tenant_id, channel_id, name, vendor, settings, people, tenant_key_id,
                  sealed_secrets, callback_hash, pace)
                values (\(scope.tenant), \(channel), \(channel.text), 'slack', '{}', 'email', \(UUID()), '',
                  \(SecureRandom.bytes(8)), \(pace))
                """)
            _ = try await owner.execute(
                """
                insert into messenger_cards (tenant_id, card_id, channel_id, ticket_id, user_id, nonce, due_at)
                select \(scope.tenant), gen_random_uuid(), \(channel), gen_random_uuid(), gen_random_uuid(),
                  gen_random_uuid()::text, \(team.stage.now)
                from generate_series(1, \(cards))
                """)
            return channel
        }
        let (busy, calm) = (try await line(team.scope, cards: 10), try await line(team.scope, cards: 1))
        let other = try await line(theirs, cards: 1)
        let slow = try await line(theirs, cards: 5, pace: "slow")
        let work = CardWork(messengers: team.messengers)
        var play = FairPlay(work, on: team.stage.database)
        func claim(
            _ limit: Int, _ tenant: Int, _ line: Int, _ pace: FairPace = .quick
        ) async throws -> [FairItem<MessengerCardKind>] {
            try await play.claim(limit, ofTenant: tenant, ofLine: line, pace, at: team.stage.now)
        }
        #expect(Set(try await claim(3, 9, 9).map(\.line.id)) == Set([busy, calm, other].map(\.uuid)))
        #expect(try await claim(9, 9, 3).count == 2, "two more of the busy one beside the one at hand")
        #expect(try await claim(9, 5, 9).count == 1, "five of the tenant with the four at hand")
        #expect(try await claim(100, 100, 100).count == 6)
        #expect(try await claim(100, 100, 100).isEmpty, "everything is taken")
        play = FairPlay(work, on: team.stage.database)
        let ill = try await claim(100, 100, 2, .slow)
        #expect(Set(ill.map(\.line.id)) == [slow.uuid] && ill.count == 2)
        // What was taken and not settled is due again when the lease ends: nothing is lost with a node.
        play = FairPlay(work, on: team.stage.database)
        team.stage.wait(61)
        #expect(try await claim(100, 100, 100).count == 12)
        // A channel that rests is left alone.
        _ = try await owner.execute(
            "update messenger_channels set resting_until = \(team.stage.now + 300) where channel_id = \(busy)")
        play = FairPlay(work, on: team.stage.database)
        team.stage.wait(61)
        #expect(try await claim(100, 100, 100).count == 2)
    }

    @Test func `a vendor who fails goes among the slow ones, and back when it answers`() async throws {
        let team = try await Team()
        let channel = try await team.channel("slack")
        func pace() async throws -> String? {
            try await team.stage.database.first(
                "select pace from messenger_channels where tenant_id = \(team.scope.tenant)", in: team.scope
            ) { try $0.next() }
        }
        let ann = try await team.person("ann")
        try await team.fail([["status": 503]])
        try await team.deliver(try await team.request(by: try await team.person("carl"), for: [ann]))
        #expect(try await pace() == "slow")
        #expect(
            try await team.messengers.find(channel.id, at: team.stage.now, in: team.scope).lastError?.contains("503")
                == true)
        team.stage.wait(60)
        try await team.deliver()
        #expect(try await team.messages().count == 1)
        #expect(try await pace() == "quick")
    }

    @Test func `whoever has no card after two minutes is told another way, once, while it is still tried`() async throws
    {
        let team = try await Team()
        _ = try await team.channel("slack")
        let (ann, carl) = (try await team.person("ann"), try await team.person("carl"))
        // The vendor wants a long pause: what comes in it is not even tried.
        try await team.fail([["status": 429, "body": ["ok": false], "headers": ["Retry-After": "3000"]]])
        let first = try await team.request(by: carl, for: [ann])
        try await team.deliver(first)
        try await team.deliver(try await team.request(by: carl, for: [try await team.person("bao")]))
        team.stage.wait(119)
        try await team.fallBack()
        #expect(try await team.undelivered().isEmpty)
        team.stage.wait(2)
        try await team.fallBack()
        let told = try await team.undelivered()
        #expect(told.count == 2 && told.contains(ann.text))
        // News of the request, and more time, tell nobody again.
        try await team.deliver(first)
        team.stage.wait(600)
        try await team.fallBack()
        #expect(try await team.undelivered() == told)
        team.stage.wait(3000)
        try await team.deliver()
        #expect(try await team.messages().count == 2, "and then the cards come all the same")
        #expect(try await team.undelivered() == told)
    }

    @Test func `of several channels one that works is enough, and one that refuses waits for the other`() async throws {
        let team = try await Team()
        let (dead, weak) = (team.room + "-dead", team.room + "-weak")
        _ = try await team.channel("feishu", room: dead)
        _ = try await team.channel("slack")
        let (ann, carl) = (try await team.person("ann"), try await team.person("carl"))
        _ = try await team.ask("control", ["fail": .array([JSON](repeating: ["status": 503], count: 50))], in: dead)
        try await team.deliver(try await team.request(by: carl, for: [ann]))
        for _ in 0..<10 {
            team.stage.wait(1900)
            try await team.deliver()
            try await team.fallBack()
        }
        #expect(try await team.messages().count == 1)
        #expect(try await team.undelivered().isEmpty, "the other vendor has the card")
        // One says no at once, the other does not answer.
        _ = try await team.channel("slack", name: "weak", room: weak)
        let no: JSON = ["status": 200, "body": ["ok": false, "error": "account_inactive"]]
        try await team.fail([no])
        _ = try await team.ask("control", ["fail": .array([JSON](repeating: ["status": 503], count: 50))], in: weak)
        let second = try await team.request(by: carl, for: [ann])
        try await team.deliver(second)
        #expect(try await team.undelivered().isEmpty, "the others are still at it")
        team.stage.wait(121)
        try await team.deliver()
        try await team.fallBack()
        #expect(try await team.undelivered() == [ann.text])
    }

    // MARK: notices

    private func notice(_ user: UserID, _ occasion: String = "o1") -> ChatNotice {
        ChatNotice(
            user: user, occasion: occasion, title: "Access <ends> soon", body: "To *web-1*\nin an hour & more.",
            link: "https://acme.example.com/my/assets")
    }

    @Test(arguments: ["feishu", "slack"], [true, false])
    func `news reach one person's chat once, as plain text`(_ vendor: String, _ byLinks: Bool) async throws {
        let team = try await Team()
        let (ann, nobody) = (try await team.person("ann"), try await team.person("nobody", isLinked: false))
        #expect(try await !team.messengers.say(notice(ann), at: team.stage.now, in: team.scope), "there is no channel")
        _ = try await team.channel(vendor, byLinks: byLinks)
        for _ in 0..<2 {
            #expect(try await team.messengers.say(notice(ann), at: team.stage.now, in: team.scope))
            try await team.deliver()
        }
        if byLinks {
            #expect(try await !team.messengers.say(notice(nobody), at: team.stage.now, in: team.scope))
        }
        let other: ChannelVendor = vendor == "slack" ? .feishu : .slack
        #expect(
            try await !team.messengers.say(notice(ann, "o2"), through: other, at: team.stage.now, in: team.scope))
        let messages = try await team.messages()
        #expect(messages.count == 1)
        let text = String(decoding: messages[0].bytes, as: UTF8.self)
        #expect(text.contains("Access <ends> soon") && text.contains("To *web-1*\\nin an hour & more."))
        #expect(text.contains("https://acme.example.com/my/assets") && text.contains("Open in the portal"))
        // It takes no answer.
        #expect(!text.contains("approve"))
        try await team.messengers.sweep(at: team.stage.now + 29 * 86_400)
        #expect(try await team.messengers.say(notice(ann), at: team.stage.now, in: team.scope))
        try await team.deliver()
        #expect(try await team.messages().count == 1)
    }

    @Test func `news go on to the next channel when one does not take them`() async throws {
        let team = try await Team()
        let dead = team.room + "-dead"
        _ = try await team.channel("feishu", room: dead)
        let ann = try await team.person("ann")
        _ = try await team.ask("control", ["fail": .array([JSON](repeating: ["status": 503], count: 9))], in: dead)
        #expect(try await team.messengers.say(notice(ann), at: team.stage.now, in: team.scope))
        _ = try await team.channel("slack")
        for _ in 0..<3 {
            try await team.deliver()
            team.stage.wait(60)
        }
        #expect(try await team.messages().count == 1)
        // Whoever is gone hears nothing.
        #expect(try await team.messengers.say(notice(ann, "o2"), at: team.stage.now, in: team.scope))
        team.office.book.withLock { $0.people[ann] = nil }
        try await team.deliver()
        #expect(try await team.messages().count == 1)
    }
}
