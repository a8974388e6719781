import Foundation
import HTTPAPI
import Kernel
import Stage
import Synchronization
import TestSupport
import Testing

@testable import Messengers

/// Levels that ask why: cards that have a place for words take them, all others lead to the portal.
@Suite(.timeLimit(.minutes(2))) struct WordsTests {
    @Test(arguments: ["feishu", "lark"])
    func `a card with a field for words says which answers take them, and takes none without`(
        vendor: String
    ) async throws {
        let team = try await Team()
        let channel = try await team.channel(vendor)
        let (ann, carl) = (try await team.person("ann"), try await team.person("carl"))
        let ticket = try await team.request(by: carl, for: [ann], commented: [true])
        try await team.deliver(ticket)
        let card = String(decoding: try await team.messages()[0].bytes, as: UTF8.self)
        #expect(card.contains("Say in a comment why you approve it") && !card.contains("why you reject it"))
        #expect(card.contains("\"d\":\"approve\"") && card.contains("\"required\":false"))
        let reference = try await team.reference(of: "ann")
        let none = try await team.send(team.click(vendor, by: "ann", "approve", on: reference), to: channel.token)
        #expect(Team.toast(none).contains("this level asks why") && none.json["toast"]?["type"] == "warning")
        #expect(team.answers(ticket).isEmpty)
        // The card is there for another try.
        let again = team.click(
            vendor, by: "ann", "approve", on: reference, event: "second", comment: "Release night")
        _ = try await team.send(again, to: channel.token)
        #expect(team.answers(ticket).map(\.1) == [true])
    }

    @Test func `where every answer takes words the field has to be filled`() async throws {
        let team = try await Team()
        _ = try await team.channel("feishu")
        let (ann, carl) = (try await team.person("ann"), try await team.person("carl"))
        try await team.deliver(try await team.request(by: carl, for: [ann], commented: [true, false]))
        let card = String(decoding: try await team.messages()[0].bytes, as: UTF8.self)
        #expect(card.contains("\"required\":true"))
    }

    @Test func `who clicks without words in Slack is asked for them by a form, which asks again`() async throws {
        let team = try await Team()
        let channel = try await team.channel("slack")
        let (ann, carl) = (try await team.person("ann"), try await team.person("carl"))
        let ticket = try await team.request(by: carl, for: [ann], commented: [false])
        try await team.deliver(ticket)
        let reference = try await team.reference(of: "uann")
        let opened = try await team.send(team.click("slack", by: "ann", "reject", on: reference), to: channel.token)
        #expect(opened.status == 200 && team.answers(ticket).isEmpty)
        guard case .array(let forms)? = try await team.vendor()["forms"], let form = forms.first else {
            return #expect(Bool(false), "no form has opened")
        }
        let text = String(decoding: form.bytes, as: UTF8.self)
        #expect(text.contains("\"initial_option\"") && text.contains("\"value\":\"reject\""))
        func fill(_ comment: String, _ hash: String) async throws -> Answer {
            let filled: JSON = [
                "type": "view_submission", "api_app_id": "A1", "team": ["id": "T1"],
                "user": ["id": "UANN", "team_id": "T1"], "trigger_id": "t2",
                "view": [
                    "id": "V1", "hash": .string(hash), "private_metadata": form["private_metadata"] ?? .null,
                    "state": [
                        "values": [
                            "choice": ["choice": ["selected_option": ["value": "reject"]]],
                            "comment": ["comment": ["value": .string(comment)]],
                        ]
                    ],
                ],
            ]
            return try await team.send(Forged(now: team.stage.now).slack(filled), to: channel.token)
        }
        let empty = try await fill("", "h1")
        #expect(empty.json["response_action"] == "errors", "\(empty.json)")
        #expect(empty.json["errors"]?["comment"]?.text?.contains("this level asks why") == true)
        #expect(team.answers(ticket).isEmpty)
        #expect(try await fill("Not on a Friday", "h2").bytes.isEmpty)
        #expect(team.office.book.withLock { $0.requests[ticket]?.answers.map(\.comment) } == ["Not on a Friday"])
    }

    /// A card of somebody whose level takes words, as a vendor without a field for them has it.
    private func face(_ commented: Set<Bool>, _ language: CardLanguage = .english) -> CardFace {
        CardFace(
            Sample.card(), mode: commented.contains(true) ? .portal : .decide, language: language,
            reference: "ref.0", link: "https://acme.example/inbox/tkt_1", commented: commented, takesWords: false)
    }

    @Test func `cards without a field for words leave such answers to the portal`() throws {
        let both: [(Set<Bool>, [Bool], String, String)] = [
            ([], [true, false], "decide", ""),
            ([true], [false], "portal", "Approving this takes a comment: give both in the portal."),
            ([false], [true], "approve", "Rejecting this takes a comment: give both in the portal."),
            ([true, false], [], "open", "Approving this takes a comment"),
        ]
        for (commented, answers, mode, hint) in both {
            let face = face(commented)
            #expect(face.answers == answers)
            let wecom = String(decoding: WeComCard(face).json(task: "t").bytes, as: UTF8.self)
            #expect(wecom.contains("approve:ref.0") == answers.contains(true))
            #expect(wecom.contains("reject:ref.0") == answers.contains(false))
            #expect(hint.isEmpty || wecom.contains(hint))
            let xml = WeComCard(face).xml
            #expect(xml.contains("approve:ref.0") == answers.contains(true))
            #expect(xml.contains("reject:ref.0") == answers.contains(false))
            let shown = DingTalkCard(face, mayApprove: true).parameters
            #expect(shown["mode"]?.text == mode)
            #expect(hint.isEmpty ? shown["hint"] == "" : shown["hint"]?.text?.contains(hint) == true)
        }
        // Where clicks do not approve, a refusal that takes words leaves nothing to click.
        #expect(DingTalkCard(face([false]), mayApprove: false).parameters["mode"] == "open")
        #expect(face([true], .chinese).hint == "批准此申请须填写附言，请在门户中操作。")
    }

    private static func level(
        _ number: Int, of user: UserID, _ commented: Set<Bool>, needsPasskey: Bool = false
    ) -> ApprovalLevel {
        ApprovalLevel(
            number: number, name: "", isOpen: true, seats: [user], needsPasskey: needsPasskey, commented: commented,
            answers: [])
    }

    /// A person's card about a request whose levels are all open, by a vendor.
    private static func face(_ levels: [ApprovalLevel], of user: UserID, by vendor: any Vendor) -> CardFace {
        let card = ApprovalCard(
            ticket: .new(), number: 7, kind: "access", requester: "Bob", facts: [], reason: "Deploy", risk: "low",
            levels: levels, state: .open, digest: "00ff", deadline: nil)
        let kept = KeptCard(
            id: .new(), channel: .new(), ticket: card.ticket, user: user, nonce: String(repeating: "n", count: 22),
            revision: 1, attempts: 0)
        return CardFace(card, for: kept, by: vendor, language: .english, portal: "https://acme.example")
    }

    /// Vendors whose cards have no place for words.
    private static func wordless() throws -> [any Vendor] {
        [
            WeCom(settings: try WeComSettings(corpId: "corp", agentId: 218, apiUrl: nil), secrets: ChannelSecrets([:])),
            DingTalk(
                settings: try DingTalkSettings(
                    appKey: "app", corpId: "corp", template: "t.schema", trustsClicks: true, apiUrl: nil),
                secrets: ChannelSecrets([.appSecret: Secret("s"), .signingSecret: Secret("s")])),
        ]
    }

    @Test func `a vendor without a place for words is given the card that leads to the portal`() throws {
        let ann = UserID.new()
        for vendor in try Self.wordless() {
            for (commented, answers) in [
                ([], [true, false]), ([true], [false]), ([false], [true]), ([true, false], []),
            ] as [(Set<Bool>, [Bool])] {
                #expect(Self.face([Self.level(1, of: ann, commented)], of: ann, by: vendor).answers == answers)
            }
        }
    }

    @Test func `of levels that are open at once a card goes by the one that asks its reader`() throws {
        let (ann, bob) = (UserID.new(), UserID.new())
        for vendor in try Self.wordless() {
            let levels = [
                Self.level(1, of: ann, []), Self.level(2, of: bob, [true, false], needsPasskey: true),
            ]
            let anns = Self.face(levels, of: ann, by: vendor)
            #expect(anns.answers == [true, false] && anns.hint == "")
            let bobs = Self.face(levels, of: bob, by: vendor)
            #expect(bobs.answers == [])
            // Words alone would not do there.
            #expect(bobs.hint.contains("takes a passkey") && !bobs.hint.contains("Approving this takes a comment"))
        }
    }
}
