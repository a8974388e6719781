import FoundationEssentials
import HTTPAPI
import HTTPTypes
import Kernel
import Testing

@testable import Messengers

/// Cards for the webhook of a workflow in Teams.
@Suite struct TeamsTests {
    private let vendor = Teams(
        settings: TeamsSettings(language: "en"),
        secrets: ChannelSecrets([.webhookUrl: Secret("https://prod.logic.example.com/workflows/1?sig=s3cret")]))

    @Test func `a card has one button, which opens the portal`() throws {
        let request = vendor.send(Sample.face(reason: "[x](javascript:1) <at>all</at>"), to: "room", once: "1")
        let json = try JSONParser.parse(try #require(request.body))
        guard case .array(let attachments)? = json["attachments"], let card = attachments.first?["content"],
            case .array(let actions)? = card["actions"]
        else { return #expect(Bool(false)) }
        #expect(json["type"]?.text == "message" && card["type"]?.text == "AdaptiveCard")
        #expect(actions.count == 1 && actions[0]["type"]?.text == "Action.OpenUrl")
        let text = String(decoding: card.bytes, as: UTF8.self)
        #expect(!text.contains("[x](") && !text.contains("<at>") && text.utf8.count < 28 << 10)
        // Nothing that comes back is anybody's word.
        #expect(throws: CallbackRefusal.self) {
            try vendor.read(RawCallback(method: .post, body: json.bytes), at: Date())
        }
    }

    @Test func `the end is told once, and no fault has the address in it`() throws {
        let request = vendor.send(Sample.face(), to: "room", once: "1")
        guard case .sent(let handle) = try request.read(Sample.answer([:], status: 202)) else {
            return #expect(Bool(false))
        }
        #expect(!vendor.isWorthAnUpdate(handle, to: Sample.face()))
        let closed = Sample.face(mode: .closed, state: .approved)
        #expect(vendor.isWorthAnUpdate(handle, to: closed))
        guard case .sent(let last) = try vendor.update(handle, with: closed, of: "room").read(Sample.answer([:]))
        else { return #expect(Bool(false)) }
        #expect(!vendor.isWorthAnUpdate(last, to: closed))
        do {
            _ = try request.read(Sample.answer(["error": "sig=s3cret"], status: 401))
            #expect(Bool(false))
        } catch {
            #expect(error.kind == .refused && !error.text.contains("s3cret"))
        }
    }

    @Test(arguments: [CardFace.Mode.portal, .closed, .trial])
    func `a card keeps to what version 1.4 knows`(_ mode: CardFace.Mode) throws {
        let state: ApprovalCard.State = mode == .closed ? .approved : .open
        for face in [
            Sample.face(mode: mode, state: state), Sample.face(reason: "", mode: mode, state: state, .chinese),
        ] {
            let json = try JSONParser.parse(try #require(vendor.send(face, to: "room", once: "1").body))
            guard case .array(let attachments)? = json["attachments"] else { return #expect(Bool(false)) }
            #expect(attachments.count == 1)
            #expect(AdaptiveRules.faults(attachments[0]["content"] ?? .null) == [])
        }
    }

    @Test func `the rules of version 1.4 refuse what is not of it`() {
        let card: JSON = ["type": "AdaptiveCard", "version": "1.4", "body": [], "actions": []]
        #expect(AdaptiveRules.faults(card) == [])
        for wrong: JSON in [
            ["version": "1.6"], ["body": [["type": "TextBlock"]]], ["body": [["type": "TextBlock", "text": 1]]],
            ["body": [["type": "TextBlock", "text": "x", "weight": "Heavy"]]], ["body": [["type": "Table"]]],
            ["body": [["type": "FactSet", "facts": [["title": "x"]]]]], ["refresh": 1], ["body": ["x"]],
            ["actions": [["type": "Action.OpenUrl", "title": "x", "url": "javascript:1"]]],
        ] {
            #expect(AdaptiveRules.faults(card.merging(wrong)) != [], "\(wrong)")
        }
    }
}

/// The published rules for the parts of Adaptive Cards 1.4 that are used here: every member is known, of its type, and of
/// its words; what has to be there is.
private enum AdaptiveRules {
    private enum Rule {
        case text, flag, url
        case one([String])
        case list((JSON, String) -> [String])
    }

    private typealias Members = [String: (rule: Rule, isNeeded: Bool)]

    static func faults(_ card: JSON) -> [String] {
        check(
            card, "card",
            [
                "type": (.one(["AdaptiveCard"]), true), "version": (.one(["1.4"]), true), "$schema": (.url, false),
                "body": (.list(element), true), "actions": (.list(action), false), "lang": (.text, false),
            ])
    }

    private static func element(_ json: JSON, _ place: String) -> [String] {
        let common: Members = ["isVisible": (.flag, false), "separator": (.flag, false)]
        let own: [String: Members] = [
            "TextBlock": [
                "type": (.text, true), "text": (.text, true), "wrap": (.flag, false), "isSubtle": (.flag, false),
                "weight": (.one(["Lighter", "Default", "Bolder"]), false),
                "size": (.one(["Default", "Small", "Medium", "Large", "ExtraLarge"]), false),
                "color": (.one(["Default", "Dark", "Light", "Accent", "Good", "Warning", "Attention"]), false),
            ],
            "FactSet": ["type": (.text, true), "facts": (.list(fact), true)],
        ]
        guard let members = json["type"]?.text.flatMap({ own[$0] }) else { return ["\(place) is no known element"] }
        return check(json, place, members.merging(common) { $1 })
    }

    private static func fact(_ json: JSON, _ place: String) -> [String] {
        check(json, place, ["title": (.text, true), "value": (.text, true)])
    }

    private static func action(_ json: JSON, _ place: String) -> [String] {
        check(
            json, place,
            ["type": (.one(["Action.OpenUrl"]), true), "title": (.text, false), "url": (.url, true)])
    }

    private static func check(_ json: JSON, _ place: String, _ members: Members) -> [String] {
        guard case .object(let there) = json else { return ["\(place) is no object"] }
        let missing = members.filter { name, member in member.isNeeded && !there.contains { $0.name == name } }
            .map { "\(place) has no \($0.key)" }
        return missing
            + there.flatMap { member -> [String] in
                let place = "\(place).\(member.name)"
                guard let rule = members[member.name]?.rule else { return ["\(place) is not known"] }
                switch (rule, member.value) {
                case (.text, .string), (.flag, .bool): return []
                case (.one(let words), .string(let word)): return words.contains(word) ? [] : ["\(place) is \(word)"]
                case (.url, .string(let url)): return url.hasPrefix("http") ? [] : ["\(place) is no address"]
                case (.list(let check), .array(let all)):
                    return all.enumerated().flatMap { check($1, "\(place)[\($0)]") }
                default: return ["\(place) is of another type"]
                }
            }
    }
}
