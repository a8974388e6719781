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
}
