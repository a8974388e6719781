import Cryptography
import Foundation
import HTTPAPI
import HTTPTypes
import Kernel
import Postgres
import Stage
import Synchronization
import TestSupport
import Testing

@testable import Messengers

/// Clicks: whose they are, what they are worth, and what nobody achieves by making them up.
@Suite(.enabled(if: StandInVendors.isThere)) struct CallbackTests {
    private func answers(_ team: Team, _ ticket: TicketID) -> [(UserID, Bool)] {
        team.office.book.withLock { $0.requests[ticket]?.answers.map { ($0.user, $0.isApproval) } ?? [] }
    }

    private func toast(_ answer: Answer) -> String { answer.json["toast"]?["content"]?.text ?? "" }

    private func trail(_ team: Team) async throws -> [String] {
        try await team.stage.database.query(
            """
            select action || ' ' || outcome || ' ' || coalesce(details ->> 'reason', '') from audit_events
            where tenant_id = \(team.scope.tenant) and action = 'ticket.decided' order by 1
            """, in: team.scope
        ) { try $0.next() }
    }

    @Test(arguments: ["feishu", "slack"], ["approve", "reject"])
    func `who clicks has decided, once, whatever comes after`(_ vendor: String, _ choice: String) async throws {
        let team = try await Team()
        let channel = try await team.channel(vendor)
        let (ann, bao) = (try await team.person("ann"), try await team.person("bao"))
        let ticket = try await team.request(by: try await team.person("carl"), for: [ann, bao])
        try await team.deliver(ticket)
        let click = team.click(vendor, by: "ann", choice, on: try await team.reference(of: "ann"), event: "e1")
        let first = try await team.send(click, to: channel.token)
        #expect(first.status == 200)
        #expect(answers(team, ticket).count == 1)
        #expect(answers(team, ticket).first?.0 == ann && answers(team, ticket).first?.1 == (choice == "approve"))
        if vendor == "feishu" {
            #expect(toast(first) == (choice == "approve" ? "You have approved it." : "You have rejected it."))
            let card = String(decoding: first.json["card"]?["data"]?.bytes ?? [], as: UTF8.self)
            #expect(card.contains(choice == "approve" ? "approved by Ann" : "rejected by Ann"))
        } else {
            #expect(first.bytes.isEmpty)
        }
        // The same once more, another click of theirs, and one of somebody else: nothing is an error.
        for late in [
            click, team.click(vendor, by: "ann", "reject", on: try await team.reference(of: "ann")),
            team.click(vendor, by: "bao", "reject", on: try await team.reference(of: "bao")),
        ] {
            let answer = try await team.send(late, to: channel.token)
            #expect(answer.status == 200)
            if vendor == "feishu" { #expect(toast(answer).hasPrefix("Already decided by Ann")) }
        }
        if vendor == "slack", case .array(let notes)? = try await team.vendor()["notes"] {
            #expect(notes.map { $0["to"]?.text } == ["UANN", "UANN", "UBAO"])
            #expect(notes.allSatisfy { $0["text"]?.text?.hasPrefix("Already decided by Ann") == true })
        }
        #expect(answers(team, ticket).count == 1)
        try await team.deliver(ticket)
        #expect(try await team.messages().allSatisfy { $0["updates"] == 1 })
    }

    @Test(arguments: ["feishu", "slack"])
    func `what is not the vendor's, not of now or not of this company is refused`(_ vendor: String) async throws {
        let team = try await Team()
        let channel = try await team.channel(vendor)
        let ann = try await team.person("ann")
        let ticket = try await team.request(by: try await team.person("carl"), for: [ann])
        try await team.deliver(ticket)
        let reference = try await team.reference(of: "ann")
        let forgeries: [(String, (inout Forged) -> Void)] = [
            ("unsigned", { $0.isSigned = false }), ("empty signature", { $0.signature = "" }),
            ("another signature", { $0.signature = String(repeating: "0", count: 64) }),
            ("another body", { $0.spoil = true }),
            (
                "another secret",
                {
                    $0.signingSecret = "x"; $0.encryptKey = "x"
                }
            ),
            ("too old", { $0.at -= 301 }), ("from the future", { $0.at += 301 }),
            ("another app", { $0.app = "cli_other" }),
            (
                "another company",
                {
                    $0.company = "other"; $0.team = "T2"
                }
            ),
            ("a guest of another company", { $0.userTeam = "T9" }),
        ]
        for (name, change) in forgeries {
            let answer = try await team.send(
                team.click(vendor, by: "ann", "approve", on: reference, change: change), to: channel.token)
            #expect(answer.status == 403, "\(name)")
            #expect(answer.problem == "callback-refused", "\(name)")
        }
        for body in [
            "", "{", "[]", "payload=", "payload=%7B%7D", #"{"encrypt":""}"#, #"{"encrypt":"AAAA","encrypt":"AAAA"}"#,
            String(repeating: "[", count: 5000),
        ] {
            var headers: HTTPFields = [:]
            headers[.contentType] = vendor == "slack" ? "application/x-www-form-urlencoded" : "application/json"
            let raw = RawCallback(method: .post, headers: headers, body: Array(body.utf8))
            #expect(try await team.send(raw, to: channel.token).status == 403, "\(body.prefix(20))")
        }
        #expect(answers(team, ticket).isEmpty)
        if vendor == "feishu" {
            let wrongWord = team.click("feishu", by: "ann", "approve", on: reference) { $0.verificationToken = "x" }
            #expect(try await team.send(wrongWord, to: channel.token).status == 403)
        }
        // And what is right still counts.
        #expect(
            try await team.send(team.click(vendor, by: "ann", "approve", on: reference), to: channel.token).status
                == 200)
        #expect(answers(team, ticket).count == 1)
    }

    @Test(arguments: ["feishu", "slack"])
    func `the vendors' own libraries believe what we believe`(_ vendor: String) async throws {
        let team = try await Team()
        let secrets: JSON = [
            "signingSecret": "signing secret", "encryptKey": "encrypt key", "verificationToken": "vtoken",
        ]
        let cases: [(Bool, (inout Forged) -> Void)] = [
            (true, { _ in }), (false, { $0.spoil = true }), (false, { $0.signature = "v0=00" }),
            (
                false,
                {
                    $0.signingSecret = "x"; $0.encryptKey = "x"
                }
            ),
        ]
        for (isGood, change) in cases {
            let raw = team.click(vendor, by: "ann", "approve", on: "r.0", change: change)
            let headers = raw.headers.map { JSON.Member($0.name.rawName, .string($0.value)) }
            let told = try await team.ask(
                "oracle",
                [
                    "vendor": .string(vendor), "headers": .object(headers), "secrets": secrets,
                    "body": .string(String(decoding: raw.body, as: UTF8.self)),
                    "at": .int(Int64(team.stage.now.timeIntervalSince1970)),
                ])
            #expect(told["accepted"] == .bool(isGood))
            let settings = try ChannelSettings.schema.parse(team.settings(vendor))
            let all = try [ChannelSecretName: Secret](
                uniqueKeysWithValues: [.signingSecret, .encryptKey, .verificationToken].map {
                    ($0, Secret(try #require(secrets[$0.rawValue]?.text)))
                })
            let ours = try? settings.speaking(with: ChannelSecrets(all)).read(raw, at: team.stage.now)
            #expect((ours != nil) == isGood)
        }
    }

    @Test func `an address is confirmed by the word inside, and by nothing else`() async throws {
        let team = try await Team()
        let channel = try await team.channel("feishu")
        var forged = Forged(now: team.stage.now)
        forged.isSigned = false
        let check: JSON = ["challenge": "c1", "token": "vtoken", "type": "url_verification"]
        let answer = try await team.send(forged.feishu(check), to: channel.token)
        #expect(answer.status == 200 && answer.json == ["challenge": "c1"])
        let wrong: JSON = ["challenge": "c1", "token": "other", "type": "url_verification"]
        #expect(try await team.send(forged.feishu(wrong), to: channel.token).status == 403)
    }

    @Test(arguments: ["feishu", "slack"], [true, false])
    func `who is nobody here, or not asked, decides nothing`(_ vendor: String, _ byLinks: Bool) async throws {
        let team = try await Team()
        let channel = try await team.channel(vendor, byLinks: byLinks)
        let (ann, carl) = (try await team.person("ann"), try await team.person("carl"))
        let dora = try await team.person("dora")
        let ticket = try await team.request(by: carl, for: [ann])
        try await team.deliver(ticket)
        // A card of Dora's, so that the vendor's directory knows her and Carl as well.
        try await team.deliver(try await team.request(by: ann, for: [dora, carl]))
        let reference = try await team.reference(of: "ann")
        // Somebody unknown, somebody who is not asked, and the requester, each with a forwarded card.
        for name in ["nobody", "dora", "carl"] {
            let answer = try await team.send(
                team.click(vendor, by: name, "approve", on: reference), to: channel.token)
            #expect(answer.status == 200)
            #expect(answer.json["card"] == nil)
        }
        #expect(answers(team, ticket).isEmpty)
        let refusals = try await trail(team)
        #expect(
            refusals == [
                "ticket.decided refused notYours", "ticket.decided refused notYours", "ticket.decided refused unlinked",
            ])
        // A link that is taken away, and a person who is, end what cards can do.
        team.office.book.withLock {
            if byLinks { $0.linked[ann] = nil } else { $0.people[ann] = nil }
        }
        _ = try await team.send(team.click(vendor, by: "ann", "approve", on: reference), to: channel.token)
        #expect(answers(team, ticket).isEmpty)
    }

    @Test func `one account of two people is nobody's`() async throws {
        let team = try await Team()
        let channel = try await team.channel("feishu", byLinks: false)
        let (ann, eve) = (try await team.person("ann"), try await team.person("eve"))
        let carl = try await team.person("carl")
        let ticket = try await team.request(by: carl, for: [ann])
        try await team.deliver(ticket)
        // Eve says that Ann's address is hers, and is asked something.
        team.office.book.withLock {
            $0.people[eve] = CardPerson(name: "Eve", email: "ann@example.org", language: "en")
        }
        let hers = try await team.request(by: carl, for: [eve])
        try await team.deliver(hers)
        let reference = try await team.reference(of: "ann")
        #expect(
            toast(try await team.send(team.click("feishu", by: "ann", "approve", on: reference), to: channel.token))
                .contains("链接") == false)
        #expect(answers(team, ticket).isEmpty && answers(team, hers).isEmpty)
    }

    @Test(arguments: ["feishu", "slack"])
    func `a card that shows something else decides nothing, and shows what is now`(_ vendor: String) async throws {
        let team = try await Team()
        let channel = try await team.channel(vendor)
        let ann = try await team.person("ann")
        let ticket = try await team.request(by: try await team.person("carl"), for: [ann])
        try await team.deliver(ticket)
        let old = try await team.reference(of: "ann")
        team.office.book.withLock { $0.requests[ticket]?.reason = "Another reason" }
        // Before the new card is there, and after it: the old one is the old one.
        for _ in 0..<2 {
            let answer = try await team.send(team.click(vendor, by: "ann", "approve", on: old), to: channel.token)
            #expect(answers(team, ticket).isEmpty)
            if vendor == "feishu" {
                #expect(toast(answer).hasPrefix("The request has changed"))
                #expect(String(decoding: answer.bytes, as: UTF8.self).contains("Another reason"))
            }
            try await team.deliver()
        }
        #expect(String(decoding: try await team.messages()[0].bytes, as: UTF8.self).contains("Another reason"))
        let new = try await team.reference(of: "ann")
        #expect(new != old)
        _ = try await team.send(team.click(vendor, by: "ann", "approve", on: new), to: channel.token)
        #expect(answers(team, ticket).count == 1)
    }

    @Test func `what takes a passkey is rejected on the card, and approved in the portal`() async throws {
        let team = try await Team()
        let channel = try await team.channel("feishu")
        let ann = try await team.person("ann")
        let carl = try await team.person("carl")
        let ticket = try await team.request(by: carl, for: [ann], needsPasskey: true)
        try await team.deliver(ticket)
        let card = String(decoding: try await team.messages()[0].bytes, as: UTF8.self)
        #expect(
            card.contains("takes a passkey") && !card.contains("\"d\":\"approve\"") && card.contains("\"d\":\"reject\"")
        )
        let reference = try await team.reference(of: "ann")
        let answer = try await team.send(
            team.click("feishu", by: "ann", "approve", on: reference), to: channel.token)
        #expect(toast(answer).contains("takes a passkey"))
        #expect(answers(team, ticket).isEmpty)
        _ = try await team.send(team.click("feishu", by: "ann", "reject", on: reference), to: channel.token)
        #expect(answers(team, ticket).count == 1)
    }

    @Test func `words go along: in the form of the card, and in a form that opens`() async throws {
        let team = try await Team()
        let (feishu, slack) = (try await team.channel("feishu"), try await team.channel("slack"))
        let ann = try await team.person("ann")
        let carl = try await team.person("carl")
        let first = try await team.request(by: carl, for: [ann])
        try await team.deliver(first)
        #expect(try await team.messages().count == 2)
        let onFeishu = try #require(try await team.messages().first { $0["to"] == "on_ann" })
        let text = String(decoding: onFeishu.bytes, as: UTF8.self)
        let reference = String(
            try #require(text.split(separator: "\"ref\":\"").dropFirst().first).prefix { $0 != "\"" })
        _ = try await team.send(
            team.click("feishu", by: "ann", "reject", on: reference, comment: "Not on a Friday"), to: feishu.token)
        #expect(team.office.book.withLock { $0.requests[first]?.answers.first?.comment } == "Not on a Friday")

        let second = try await team.request(by: carl, for: [ann])
        try await team.deliver(second)
        let onSlack = try await team.reference(of: "uann")
        let opened = try await team.send(team.click("slack", by: "ann", "comment", on: onSlack), to: slack.token)
        #expect(opened.status == 200 && answers(team, second).isEmpty)
        guard case .array(let forms)? = try await team.vendor()["forms"], let form = forms.first else {
            Issue.record("no form has opened")
            return
        }
        let filled: JSON = [
            "type": "view_submission", "api_app_id": "A1", "team": ["id": "T1"],
            "user": ["id": "UANN", "team_id": "T1"], "trigger_id": "t2",
            "view": [
                "id": "V1", "hash": "h", "private_metadata": form["private_metadata"] ?? .null,
                "state": [
                    "values": [
                        "choice": ["choice": ["selected_option": ["value": "approve"]]],
                        "comment": ["comment": ["value": "Go ahead"]],
                    ]
                ],
            ],
        ]
        let answer = try await team.send(Forged(now: team.stage.now).slack(filled), to: slack.token)
        #expect(answer.status == 200 && answer.bytes.isEmpty)
        #expect(team.office.book.withLock { $0.requests[second]?.answers.first?.comment } == "Go ahead")
    }

    @Test func `of two clicks at once exactly one counts`() async throws {
        let team = try await Team()
        let channel = try await team.channel("feishu")
        let (ann, bao) = (try await team.person("ann"), try await team.person("bao"))
        let ticket = try await team.request(by: try await team.person("carl"), for: [ann, bao])
        try await team.deliver(ticket)
        let (hers, his) = (try await team.reference(of: "ann"), try await team.reference(of: "bao"))
        let same = team.click("feishu", by: "ann", "approve", on: hers, event: "same")
        async let first = team.send(same, to: channel.token)
        async let second = team.send(team.click("feishu", by: "bao", "reject", on: his), to: channel.token)
        async let third = team.send(same, to: channel.token)
        let all = try await [first, second, third]
        #expect(all.allSatisfy { $0.status == 200 })
        #expect(answers(team, ticket).count == 1)
    }

    @Test func `a vendor has its answer in time, whatever takes long here`() async throws {
        let team = try await Team()
        let channel = try await team.channel("feishu")
        let ann = try await team.person("ann")
        let ticket = try await team.request(by: try await team.person("carl"), for: [ann])
        try await team.deliver(ticket)
        let reference = try await team.reference(of: "ann")
        team.office.book.withLock { $0.isSlow = true }
        let start = ContinuousClock.now
        let answer = try await team.send(
            team.click("feishu", by: "ann", "approve", on: reference), to: channel.token)
        #expect(answer.status == 200 && answer.json["toast"]?["type"] == "warning")
        #expect(ContinuousClock.now - start < .seconds(3))
        team.office.book.withLock { $0.isSlow = false }
        _ = try await team.send(team.click("feishu", by: "ann", "approve", on: reference), to: channel.token)
        #expect(answers(team, ticket).count == 1)
    }

    @Test func `callbacks are remembered for a day`() async throws {
        let team = try await Team()
        let channel = try await team.channel("feishu")
        let ann = try await team.person("ann")
        let ticket = try await team.request(by: try await team.person("carl"), for: [ann])
        try await team.deliver(ticket)
        _ = try await team.send(
            team.click("feishu", by: "ann", "approve", on: try await team.reference(of: "ann")), to: channel.token)
        func count() async throws -> Int {
            try await team.stage.database.first(
                "select count(*) from messenger_events where tenant_id = \(team.scope.tenant)", in: team.scope
            ) { try $0.next() } ?? 0
        }
        try await team.messengers.sweep(at: team.stage.now + 86_000)
        #expect(try await count() == 1)
        try await team.messengers.sweep(at: team.stage.now + 86_401)
        #expect(try await count() == 0)
    }
}
