import Cryptography
import FoundationEssentials
import HTTPAPI
import HTTPTypes
import Kernel
import Testing

@testable import Messengers

/// Envelopes, events and cards of WeCom, against what the vendor publishes.
@Suite struct WeComTests {
    private static let token = "QDG6eK"
    private static let key = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"
    private static let company = "wx5823bf96d3bd56c7"
    private static let now = Date(timeIntervalSince1970: 1_409_659_813)

    private let vendor: WeCom
    private let envelope: WeComEnvelope

    init() throws {
        vendor = WeCom(
            settings: try WeComSettings(corpId: Self.company, agentId: 218, apiUrl: nil),
            secrets: ChannelSecrets([
                .appSecret: Secret("s"), .verificationToken: Secret(Self.token), .encryptKey: Secret(Self.key),
            ]))
        envelope = try #require(
            WeComEnvelope(token: Self.token, encodingKey: Self.key, receiver: Self.company))
    }

    private static let published =
        "RypEvHKD8QQKFhvQ6QleEB4J58tiPdvo+rtK1I9qca6aM/wvqnLSV5zEPeusUiX5L5X/0lWfrf0QADHHhGd3QczcdCUpj911L3vg3W/sYYvuJT"
        + "s3TUUkSUXxaccAS0qhxchrRYt66wiSpGLYL42aM6A8dTT+6k4aSknmPj48kzJs8qLjvd4Xgpue06DOdnLxAUHzM6+kDZ+HMZfJYuR+LtwGc2"
        + "hgf5gsijff0ekUNXZiqATP7PF5mZxZ3Izoun1s4zG4LUMnvw2r+KqCKIw+3IQH03v+BCA9nMELNqbSf6tiWSrXJB3LAVGUcallcrw8V2t9EL"
        + "4EhzJWrQUax5wLVMNS0+rUPA3k22Ncx4XXZS9o0MBH27Bo6BpNelZpS+/uh9KsNlY6bHCmJU9p8g7m3fVKn28H3KDYA5Pl/T8Z1ptDAVe0lX"
        + "dQ2YoyyH2uyPIGHBZZIs2pDBS8R07+qN+E7Q=="

    @Test func `the vendor's own envelopes are opened`() throws {
        let check = "P9nAzCzyDtyTWESHep1vC5X9xho/qYX3Zpb4yKa9SKld1DsH3Iyt3tP3zNdtp+4RPcs8TgAE7OaBO+FZXvnaqQ=="
        let first = try envelope.open(
            check, signature: "5c45ff5e21c57e6ad56bac8758b79b1d9ac89fd3", timestamp: "1409659589", nonce: "263014780")
        #expect(String(decoding: first, as: UTF8.self) == "1616140317555161061")
        let second = try envelope.open(
            Self.published, signature: "477715d11cdb4164915debcba66cb864d751f3e6", timestamp: "1409659813",
            nonce: "1372623149")
        let text = String(decoding: second, as: UTF8.self)
        #expect(text.contains("<Content><![CDATA[hello]]></Content>") && text.contains("<AgentID>218</AgentID>"))
    }

    @Test func `the check of the address is answered with what was in it, and nothing around`() throws {
        let callback = RawCallback(
            method: .get,
            query: [
                ("msg_signature", "5c45ff5e21c57e6ad56bac8758b79b1d9ac89fd3"), ("timestamp", "1409659589"),
                ("nonce", "263014780"),
                (
                    "echostr",
                    "P9nAzCzyDtyTWESHep1vC5X9xho/qYX3Zpb4yKa9SKld1DsH3Iyt3tP3zNdtp+4RPcs8TgAE7OaBO+FZXvnaqQ=="
                ),
            ])
        guard case .answered(let reply) = try vendor.read(callback, at: Self.now) else { return #expect(Bool(false)) }
        #expect(reply.body == Array("1616140317555161061".utf8))
        #expect(throws: CallbackRefusal.stale) { try vendor.read(callback, at: Self.now + 3600) }
    }

    /// A click as WeCom tells it.
    private func event(_ more: String = "", key: String = "approve:ref.1", user: String = "AnnArcher", agent: Int = 218)
        -> String
    {
        "<xml><ToUserName><![CDATA[\(Self.company)]]></ToUserName><FromUserName><![CDATA[\(user)]]></FromUserName>"
            + "<CreateTime>1409659813</CreateTime><MsgType><![CDATA[event]]></MsgType>"
            + "<Event><![CDATA[template_card_event]]></Event><EventKey><![CDATA[\(key)]]></EventKey>"
            + "<TaskId><![CDATA[gh-1]]></TaskId><CardType><![CDATA[button_interaction]]></CardType>"
            + "<ResponseCode><![CDATA[code]]></ResponseCode><AgentID>\(agent)</AgentID>\(more)</xml>"
    }

    private func callback(_ xml: String, by envelope: WeComEnvelope? = nil, at timestamp: String = "1409659813") throws
        -> RawCallback
    {
        let sealed = try #require(
            (envelope ?? self.envelope).seal(Array(xml.utf8), timestamp: timestamp, nonce: "n1"))
        let body =
            "<xml><ToUserName>\(Self.company)</ToUserName><AgentID>218</AgentID><Encrypt>\(sealed.text)</Encrypt></xml>"
        return RawCallback(
            method: .post, query: [("msg_signature", sealed.signature), ("timestamp", timestamp), ("nonce", "n1")],
            body: Array(body.utf8))
    }

    @Test func `a click says who, which card and what, and the same click is the same event`() throws {
        guard case .click(let click) = try vendor.read(try callback(event()), at: Self.now) else {
            return #expect(Bool(false))
        }
        #expect(click.subject == "\(Self.company)/annarcher" && click.address == "annarcher")
        #expect(click.reference == "ref.1" && click.choice == .approve)
        guard case .click(let again) = try vendor.read(try callback(event()), at: Self.now) else {
            return #expect(Bool(false))
        }
        #expect(again.event == click.event, "another envelope, but the same click")
        guard case .answered = try vendor.read(try callback(event(key: "delete:ref.1")), at: Self.now) else {
            return #expect(Bool(false))
        }
    }

    @Test func `what is forged, old, of another company or app, or no such XML is refused`() throws {
        func refused(_ callback: RawCallback, _ why: CallbackRefusal) {
            #expect(throws: why) { try vendor.read(callback, at: Self.now) }
        }
        let good = try callback(event())
        refused(RawCallback(method: .post, query: [], body: good.body), .unsigned)
        refused(
            RawCallback(
                method: .post, query: [("msg_signature", ""), ("timestamp", "1409659813"), ("nonce", "n1")],
                body: good.body), .unsigned)
        // A signature over another time, and two of one parameter.
        refused(
            RawCallback(
                method: .post,
                query: [good.query[0], ("timestamp", "1409659814"), good.query[2]], body: good.body), .unsigned)
        refused(
            RawCallback(method: .post, query: good.query + [good.query[0]], body: good.body), .unsigned)
        refused(try callback(event(), at: "1409659000"), .stale)
        refused(try callback(event(), at: "1409661000"), .stale)
        let other = try #require(
            WeComEnvelope(token: Self.token, encodingKey: Self.key, receiver: "wx0000000000000000"))
        refused(try callback(event(), by: other), .foreign)
        let stranger = try #require(
            WeComEnvelope(token: "another", encodingKey: Self.key, receiver: Self.company))
        refused(try callback(event(), by: stranger), .unsigned)
        refused(try callback(event(agent: 219)), .foreign)
        refused(try callback(event(user: "linked-corp/ann")), .foreign)
        for body in [
            "", "no xml", "<xml></xml>", "<other><Encrypt>x</Encrypt></other>",
            "<!DOCTYPE xml [<!ENTITY x \"y\">]><xml><Encrypt>&x;</Encrypt></xml>",
            "<xml><Encrypt>a</Encrypt><Encrypt>b</Encrypt></xml>",
        ] {
            refused(RawCallback(method: .post, query: good.query, body: Array(body.utf8)), .unreadable)
        }
        // Inside of the envelope as well.
        for xml in ["<!DOCTYPE xml><xml/>", event("<FromUserName>boss</FromUserName>"), "", "\u{0}"] {
            guard case .answered = try vendor.read(try callback(xml), at: Self.now) else {
                return #expect(Bool(false), "\(xml)")
            }
        }
    }

    @Test func `an envelope that was cut, padded or filled otherwise is not opened`() throws {
        let sealed = try #require(envelope.seal(Array("text".utf8), timestamp: "1", nonce: "n"))
        func open(_ text: String) throws(WeComEnvelope.Fault) -> [UInt8] {
            try envelope.open(text, signature: envelope.signature("1", "n", text), timestamp: "1", nonce: "n")
        }
        #expect(try open(sealed.text) == Array("text".utf8))
        let bytes = try #require(Base64.decode(sealed.text))
        for broken in [[], Array(bytes.dropLast()), Array(bytes.dropLast(32)), bytes + bytes.prefix(16)] {
            #expect(throws: WeComEnvelope.Fault.unreadable) { try open(Base64.encode(broken)) }
        }
        #expect(throws: WeComEnvelope.Fault.unreadable) { try open("!") }
        // A length that reaches beyond what is there.
        let key = Array(Data(base64Encoded: Self.key + "=")!)
        let liar = [UInt8](repeating: 1, count: 16) + [0xFF, 0xFF, 0xFF, 0xFF] + Array(("x" + Self.company).utf8)
        let text = Base64.encode(try #require(AESCBC.seal(liar, key: key, iv: Array(key.prefix(16)), padding: 32)))
        #expect(throws: WeComEnvelope.Fault.unreadable) { try open(text) }
        for key in ["", "short", Self.key + "A", String(Self.key.dropLast()) + "!"] {
            #expect(WeComEnvelope(token: "t", encodingKey: key, receiver: "c") == nil)
        }
    }

    @Test func `the answer to a click is a sealed card, in which nobody's words end anything`() throws {
        let face = Sample.face(reason: "</Title>]]></xml><a>&amp; \u{202E}x", mode: .closed, state: .approved)
        guard case .click(let click) = try vendor.read(try callback(event()), at: Self.now) else {
            return #expect(Bool(false))
        }
        let reply = vendor.answer(
            .verdict(.counted, isApproval: true), to: click, face: face, at: Self.now)
        let text = try #require(WeComEvent.sealed(in: reply.body))
        let outer = String(decoding: reply.body, as: UTF8.self)
        func between(_ name: String) throws -> String {
            let start = try #require(outer.firstRange(of: "<\(name)>"))
            let end = try #require(outer.firstRange(of: "</\(name)>"))
            return String(outer[start.upperBound..<end.lowerBound])
        }
        let plain = try envelope.open(
            text, signature: try between("MsgSignature"), timestamp: try between("TimeStamp"),
            nonce: try between("Nonce"))
        let xml = String(decoding: plain, as: UTF8.self)
        #expect(xml.contains("<MsgType>update_template_card</MsgType>") && xml.contains("<ReplaceText>Approved"))
        #expect(xml.contains("&lt;/Title&gt;") && !xml.contains("<a>") && !xml.contains("\u{202E}"))
        #expect(xml.contains("<ToUserName>annarcher</ToUserName>"))
        // To somebody who may not see it nothing of it is said.
        let none = vendor.answer(.unlinked, to: click, face: nil, at: Self.now)
        let sealed = try #require(WeComEvent.sealed(in: none.body))
        #expect(sealed.utf8.count > 100)
        #expect(vendor.answer(.busy, to: click, face: nil, at: Self.now).body.isEmpty)
    }

    @Test func `a card is sent, changed once, and replaced when it has to change again`() throws {
        let face = Sample.face()
        let sent = vendor.send(face, to: "ann", once: "gh-nonce")
        let json = try JSONParser.parse(try #require(sent.body))
        #expect(json["touser"]?.text == "ann" && json["agentid"] == 218 && json["enable_duplicate_check"] == 1)
        let card = try #require(json["template_card"])
        #expect(card["card_type"]?.text == "button_interaction")
        guard case .array(let buttons)? = card["button_list"], case .array(let facts)? = card["horizontal_content_list"]
        else { return #expect(Bool(false)) }
        #expect(buttons.map { $0["key"]?.text } == ["approve:ref.0", "reject:ref.0"])
        #expect(facts.count == 6 && facts.last?["type"] == 1 && facts.last?["url"]?.text == face.commentLink)
        #expect(card["task_id"]?.text?.allSatisfy { $0.isLetter || $0.isNumber || "_-@".contains($0) } == true)
        let answer: JSON = ["errcode": 0, "errmsg": "ok", "msgid": "m1", "response_code": "c1"]
        guard case .sent(let handle) = try sent.read(Sample.answer(answer)) else { return #expect(Bool(false)) }
        #expect(!vendor.isWorthAnUpdate(handle, to: face))
        let closed = Sample.face(mode: .closed, state: .rejected)
        #expect(vendor.isWorthAnUpdate(handle, to: closed))
        let update = vendor.update(handle, with: closed, of: "ann")
        let body = try JSONParser.parse(try #require(update.body))
        #expect(body["response_code"]?.text == "c1" && body["template_card"]?["replace_text"]?.text == "Rejected")
        guard case .sent(let spent) = try update.read(Sample.answer(["errcode": 0])) else {
            return #expect(Bool(false))
        }
        #expect(spent["code"] == .null && !vendor.isWorthAnUpdate(spent, to: closed))
        // The code was used already: the card is taken back, and another one is sent.
        guard case .ask(let recall) = try update.read(Sample.answer(["errcode": 42_045, "errmsg": "used"])) else {
            return #expect(Bool(false))
        }
        #expect(recall.url.hasSuffix("/message/recall"))
        guard case .ask(let second) = try recall.read(Sample.answer(["errcode": 0])) else {
            return #expect(Bool(false))
        }
        #expect(second.url.hasSuffix("/message/send"))
    }

    @Test func `what the vendor says is understood`() {
        func kind(_ json: JSON, status: Int = 200) -> VendorFault.Kind? {
            do throws(VendorFault) {
                _ = try WeCom.good(Sample.answer(json, status: status))
                return nil
            } catch { return error.kind }
        }
        #expect(kind(["errcode": 0]) == nil)
        #expect(kind(["errcode": 40014]) == .staleToken && kind(["errcode": 42001]) == .staleToken)
        #expect(kind(["errcode": 45009]) == .rest(60) && kind(["errcode": -1]) == .again)
        #expect(kind(["errcode": 60020]) == .refused && kind([:], status: 502) == .again)
        let send = vendor.send(Sample.face(), to: "ann", once: "1")
        #expect(throws: VendorFault.self) {
            try send.read(Sample.answer(["errcode": 0, "msgid": "m", "invaliduser": "ann"]))
        }
        #expect(vendor.address(ofSubject: "\(Self.company)/ann") == "ann")
        for subject in ["other/ann", "\(Self.company)/@all", "\(Self.company)/a|b", "\(Self.company)/"] {
            #expect(vendor.address(ofSubject: subject) == nil)
        }
    }
}
