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

/// Clicks: what they are worth, and what is shown for them.
@Suite(.enabled(if: StandInVendors.isThere)) struct ClickTests {
    @Test(arguments: ["feishu", "lark", "slack"], ["approve", "reject"])
    func `who clicks has decided, once, whatever comes after`(_ vendor: String, _ choice: String) async throws {
        let team = try await Team()
        let channel = try await team.channel(vendor)
        let (ann, bao) = (try await team.person("ann"), try await team.person("bao"))
        let ticket = try await team.request(by: try await team.person("carl"), for: [ann, bao])
        try await team.deliver(ticket)
        let click = team.click(vendor, by: "ann", choice, on: try await team.reference(of: "ann"), event: "e1")
        let first = try await team.send(click, to: channel.token)
        #expect(first.status == 200)
        #expect(team.answers(ticket).count == 1)
        #expect(team.answers(ticket).first?.0 == ann && team.answers(ticket).first?.1 == (choice == "approve"))
        if vendor != "slack" {
            #expect(Team.toast(first) == (choice == "approve" ? "You have approved it." : "You have rejected it."))
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
            if vendor != "slack" { #expect(Team.toast(answer).hasPrefix("Already decided by Ann")) }
        }
        if vendor == "slack", case .array(let notes)? = try await team.vendor()["notes"] {
            #expect(notes.map { $0["to"]?.text } == ["UANN", "UANN", "UBAO"])
            #expect(notes.allSatisfy { $0["text"]?.text?.hasPrefix("Already decided by Ann") == true })
        }
        #expect(team.answers(ticket).count == 1)
        try await team.deliver(ticket)
        #expect(try await team.messages().allSatisfy { $0["updates"] == 1 })
    }

    @Test(arguments: ["feishu", "lark", "slack"], [true, false])
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
        #expect(team.answers(ticket).isEmpty)
        let refusals = try await team.trail()
        #expect(
            refusals == [
                "ticket.decided refused notYours", "ticket.decided refused notYours", "ticket.decided refused unlinked",
            ])
        // A link that is taken away, and a person who is, end what cards can do.
        team.office.book.withLock {
            if byLinks { $0.linked[ann] = nil } else { $0.people[ann] = nil }
        }
        _ = try await team.send(team.click(vendor, by: "ann", "approve", on: reference), to: channel.token)
        #expect(team.answers(ticket).isEmpty)
    }

    @Test func `one account of two people is nobody's`() async throws {
        let team = try await Team()
        let channel = try await team.channel("feishu", byLinks: false)
        let (ann, eve) = (try await team.person("ann"), try await team.person("eve"))
        let carl = try await team.person("carl")
        let ticket = try await team.request(by: carl, for: [ann])
        try await team.deliver(ticket)
        let reference = try await team.reference(of: "ann")
        func click() async throws -> String {
            Team.toast(
                try await team.send(team.click("feishu", by: "ann", "approve", on: reference), to: channel.token))
        }
        // Eve says that Ann's address is hers. Nobody has to have asked her anything.
        team.office.book.withLock {
            $0.people[eve] = CardPerson(name: "Eve", email: "Ann@example.org", language: "en")
        }
        #expect(try await click().contains("尚未绑定"))
        let hers = try await team.request(by: carl, for: [eve])
        try await team.deliver(hers)
        #expect(try await click().contains("尚未绑定"))
        #expect(team.answers(ticket).isEmpty && team.answers(hers).isEmpty)
        team.office.book.withLock { $0.people[eve] = nil }
        #expect(try await click() == "You have approved it.")
    }

    @Test(arguments: ["feishu", "lark", "slack"])
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
            #expect(team.answers(ticket).isEmpty)
            if vendor != "slack" {
                #expect(Team.toast(answer).hasPrefix("The request has changed"))
                #expect(String(decoding: answer.bytes, as: UTF8.self).contains("Another reason"))
            }
            try await team.deliver()
        }
        #expect(String(decoding: try await team.messages()[0].bytes, as: UTF8.self).contains("Another reason"))
        let new = try await team.reference(of: "ann")
        #expect(new != old)
        _ = try await team.send(team.click(vendor, by: "ann", "approve", on: new), to: channel.token)
        #expect(team.answers(ticket).count == 1)
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
        #expect(Team.toast(answer).contains("takes a passkey"))
        #expect(team.answers(ticket).isEmpty)
        _ = try await team.send(team.click("feishu", by: "ann", "reject", on: reference), to: channel.token)
        #expect(team.answers(ticket).count == 1)
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
        #expect(opened.status == 200 && team.answers(second).isEmpty)
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
        #expect(team.answers(ticket).count == 1)
    }

    @Test(arguments: ["feishu", "lark", "slack"])
    func `a vendor has its answer in time, and what takes longer counts once and is on the card`(_ vendor: String)
        async throws
    {
        let team = try await Team()
        let channel = try await team.channel(vendor)
        let ann = try await team.person("ann")
        let ticket = try await team.request(by: try await team.person("carl"), for: [ann])
        try await team.deliver(ticket)
        let reference = try await team.reference(of: "ann")
        // It takes longer than vendors wait, and hears nothing of being given up.
        team.office.book.withLock { $0.pause = .milliseconds(2600) }
        let start = ContinuousClock.now
        let answer = try await team.send(
            team.click(vendor, by: "ann", "approve", on: reference, event: "slow"), to: channel.token)
        #expect(ContinuousClock.now - start < .milliseconds(2500))
        #expect(answer.status == 200)
        let wait = ["feishu": "正在处理", "lark": "This takes a moment"][vendor]
        if let wait { #expect(Team.toast(answer).contains(wait)) } else { #expect(answer.bytes.isEmpty) }
        #expect(try await team.trail().isEmpty, "nothing is known of it yet")
        // The vendor repeats what it has had no good answer to.
        let again = try await team.send(
            team.click(vendor, by: "ann", "approve", on: reference, event: "slow"), to: channel.token)
        #expect(again.status == 200)
        try await eventually("it counts", within: .seconds(10)) { team.answers(ticket).count == 1 }
        try await eventually("it is written down", within: .seconds(10)) {
            try await team.trail() == ["ticket.decided success "]
        }
        try await eventually("the card is looked at", within: .seconds(10)) {
            try await team.deliver()
            return String(decoding: try await team.messages()[0].bytes, as: UTF8.self).contains("approved by Ann")
        }
        #expect(team.answers(ticket).count == 1)
    }

    @Test func `a slow answer that does not count is refused once, and nothing else`() async throws {
        let team = try await Team()
        let channel = try await team.channel("slack")
        let ann = try await team.person("ann")
        let ticket = try await team.request(by: ann, for: [ann])
        try await team.deliver(ticket)
        team.office.book.withLock { $0.pause = .milliseconds(2600) }
        let click = team.click("slack", by: "ann", "approve", on: try await team.reference(of: "ann"))
        let answer = try await team.send(click, to: channel.token)
        #expect(answer.status == 200 && answer.bytes.isEmpty)
        try await eventually("it is refused", within: .seconds(10)) {
            try await team.trail() == ["ticket.decided refused own"]
        }
        try await eventually("who has clicked is told", within: .seconds(10)) {
            guard case .array(let notes)? = try await team.vendor()["notes"] else { return false }
            return notes.count == 1 && notes[0]["text"]?.text?.contains("their own") == true
        }
        #expect(team.answers(ticket).isEmpty)
    }

    @Test(arguments: ["feishu", "lark", "slack"])
    func `of clicks that come in another order than they were made, the first to come counts`(_ vendor: String)
        async throws
    {
        let team = try await Team()
        let channel = try await team.channel(vendor)
        let ann = try await team.person("ann")
        let ticket = try await team.request(by: try await team.person("carl"), for: [ann])
        try await team.deliver(ticket)
        let reference = try await team.reference(of: "ann")
        let first = team.click(vendor, by: "ann", "approve", on: reference, event: "1") { $0.at -= 20 }
        let second = team.click(vendor, by: "ann", "reject", on: reference, event: "2")
        for click in [second, first, second] { #expect(try await team.send(click, to: channel.token).status == 200) }
        #expect(team.answers(ticket).map(\.1) == [false])
        try await team.deliver(ticket)
        let card = String(decoding: try await team.messages()[0].bytes, as: UTF8.self)
        #expect(card.contains("rejected by Ann") && !card.contains("approved by Ann"))
    }

    @Test(arguments: ["feishu", "lark", "slack"])
    func `what a card has no room for is approved in the portal, whatever is sent in its name`(_ vendor: String)
        async throws
    {
        let team = try await Team()
        let channel = try await team.channel(vendor)
        let ann = try await team.person("ann")
        let ticket = try await team.request(by: try await team.person("carl"), for: [ann])
        let assets = (0..<400).map { "asset-with-quite-a-long-name-\($0)" }
        team.office.book.withLock { $0.requests[ticket]?.assets = assets }
        try await team.deliver(ticket)
        let card = String(decoding: try await team.messages()[0].bytes, as: UTF8.self)
        #expect(card.contains("more to it than fits") && card.contains(assets[0]) && !card.contains(assets[399]))
        let reference = try await team.reference(of: "ann")
        _ = try await team.send(team.click(vendor, by: "ann", "approve", on: reference), to: channel.token)
        #expect(team.answers(ticket).isEmpty)
        #expect(try await team.trail() == ["ticket.decided refused tooLong"])
        _ = try await team.send(
            team.click(vendor, by: "ann", "reject", on: try await team.reference(of: "ann")), to: channel.token)
        #expect(team.answers(ticket).map(\.1) == [false])
    }

    @Test func `an address that the vendor has named long ago is asked for again before it decides`() async throws {
        let team = try await Team()
        let channel = try await team.channel("slack", byLinks: false)
        let ann = try await team.person("ann")
        let ticket = try await team.request(by: try await team.person("carl"), for: [ann])
        try await team.deliver(ticket)
        let reference = try await team.reference(of: "ann")
        func click() async throws {
            _ = try await team.send(team.click("slack", by: "ann", "approve", on: reference), to: channel.token)
        }
        // The account is somebody else's by now, as the vendor says.
        team.stage.wait(901)
        _ = try await team.ask("control", ["moved": ["ann@example.org": "UNEWANN"]])
        try await click()
        #expect(team.answers(ticket).isEmpty)
        #expect(try await team.trail() == ["ticket.decided refused unlinked"])
        // Nor does it count while the vendor does not say.
        _ = try await team.ask("control", ["moved": [:]])
        try await team.deliver(try await team.request(by: try await team.person("dora"), for: [ann]))
        try await click()
        #expect(team.answers(ticket).isEmpty, "the card went to the other account")
        team.stage.wait(86_401)
        try await team.deliver(try await team.request(by: try await team.person("emil"), for: [ann]))
        try await click()
        #expect(team.answers(ticket).count == 1)
    }

    @Test func `a vendor who does not say in time whose account it is keeps no place for long`() async throws {
        let team = try await Team()
        let channel = try await team.channel("slack", byLinks: false)
        let ann = try await team.person("ann")
        let ticket = try await team.request(by: try await team.person("carl"), for: [ann])
        try await team.deliver(ticket)
        let reference = try await team.reference(of: "ann")
        team.stage.wait(901)
        _ = try await team.ask("control", ["delay": 9])
        let click = team.click("slack", by: "ann", "approve", on: reference)
        #expect(try await team.send(click, to: channel.token).status == 200)
        // Both the question and the note to who has clicked are given up.
        try await eventually("it is over before the vendor has said anything", within: .seconds(8)) {
            try await team.trail() == ["ticket.decided refused busy"]
        }
        #expect(team.answers(ticket).isEmpty)
    }

    @Test(arguments: [true, false])
    func `a link that a directory made decides only where it is trusted`(_ isTrusted: Bool) async throws {
        let team = try await Team()
        let channel = try await team.channel("slack", trustsDirectory: isTrusted)
        let ann = try await team.person("ann")
        let ticket = try await team.request(by: try await team.person("carl"), for: [ann])
        try await team.deliver(ticket)
        let reference = try await team.reference(of: "ann")
        team.office.book.withLock { _ = $0.fromDirectory.insert(ann) }
        let click = team.click("slack", by: "ann", "approve", on: reference)
        #expect(try await team.send(click, to: channel.token).status == 200)
        #expect(team.answers(ticket).count == (isTrusted ? 1 : 0))
        try await team.deliver(try await team.request(by: try await team.person("dora"), for: [ann]))
        #expect(try await team.messages().count == (isTrusted ? 2 : 1), "nor is anything sent there")
    }
}
