import Cryptography
import FoundationEssentials
import HTTPAPI
import HTTPTypes
import Kernel
import Outbound

/// WeCom: template cards with buttons, and callbacks in sealed envelopes. A card can be changed once after it was sent and
/// once in the answer to a click; one that has to change more often is taken back, and another one is sent.
struct WeCom: Vendor {
    /// How far a clock may be off, and how late a callback may be.
    static let window: TimeInterval = 300

    let settings: WeComSettings
    let secrets: ChannelSecrets

    private var api: String { (settings.apiUrl ?? "https://qyapi.weixin.qq.com") + "/cgi-bin" }
    private static let token = VendorRequest.TokenPlace.query("access_token")

    private func call(
        _ place: String, _ json: JSON, read: @escaping @Sendable (JSON) throws(VendorFault) -> VendorTurn
    ) -> VendorRequest {
        VendorRequest(.post, "\(api)/\(place)", json: json, token: Self.token) { answer throws(VendorFault) in
            try read(try Self.good(answer))
        }
    }

    func token() -> VendorRequest? {
        let url = FormText.adding(
            [("corpid", settings.corpId), ("corpsecret", secrets[.appSecret])], to: api + "/gettoken")
        return VendorRequest(.get, url) { answer throws(VendorFault) in
            let json = try Self.good(answer)
            return .token(try AppToken.read(json["access_token"], lasting: json["expires_in"]))
        }
    }

    // MARK: people

    func address(ofSubject subject: String) -> String? {
        CompanySubject.id(subject, at: settings.corpId).flatMap { Self.isID($0) ? $0 : nil }
    }

    func lookUp(email: String) -> VendorRequest? {
        VendorRequest(
            .post, "\(api)/user/get_userid_by_email", json: ["email": .string(email), "email_type": 1],
            token: Self.token
        ) { answer throws(VendorFault) in
            // Nobody has it.
            if case .int(let code)? = answer.json["errcode"], [46_004, 60_111].contains(code) { return .address(nil) }
            let id = try Self.good(answer)["userid"]?.text.map(WeComEvent.lowered)
            return .address(id.flatMap { Self.isID($0) ? $0 : nil })
        }
    }

    /// One person, in whose place no list of them can stand.
    private static func isID(_ text: String) -> Bool {
        1...64 ~= text.utf8.count && text.utf8.allSatisfy { 0x21...0x7E ~= $0 && $0 != UInt8(ascii: "|") }
            && !text.contains("/") && text != "@all"
    }

    // MARK: cards

    func showsAll(_ face: CardFace) -> Bool { WeComCard(face).showsAll }

    func send(_ face: CardFace, to address: String, once: String) -> VendorRequest {
        send(
            WeComCard(face).json(task: Self.task(once)), to: address,
            keeping: ["shown": .string(Self.shown(face)), "once": .string(once)])
    }

    func say(_ note: ChatNote, to address: String, once: String) -> VendorRequest? {
        send(WeComCard.notice(note, task: Self.task(once)), to: address, keeping: [:])
    }

    private func send(
        _ card: JSON, to address: String, keeping more: JSON
    ) -> VendorRequest {
        call(
            "message/send",
            [
                "touser": .string(address), "msgtype": "template_card", "agentid": .int(Int64(settings.agentId)),
                "template_card": card, "enable_duplicate_check": 1,
                "duplicate_check_interval": 1800,
            ]
        ) { answer throws(VendorFault) in
            guard answer["invaliduser"]?.text?.isEmpty ?? true, answer["unlicenseduser"]?.text?.isEmpty ?? true else {
                throw VendorFault(.refused, "The vendor sends nothing to this person.")
            }
            guard let message = answer["msgid"]?.text else {
                throw VendorFault(.refused, "The vendor has not said which message it is.")
            }
            return .sent(
                more.merging(["message": .string(message), "code": answer["response_code"] ?? .null]))
        }
    }

    /// What somebody may do on a card, and with what: as long as it is the same, the card stays.
    private static func shown(_ face: CardFace) -> String {
        "\(face.mode.rawValue)\(face.isCommented && !face.rejects ? "-approve" : "") \(face.reference) \(face.card.digest)"
    }

    /// Letters, digits, dashes and underscores.
    private static func task(_ once: String) -> String { "gh-" + Hash256.of(Array(once.utf8)).text }

    /// The only change that the vendor allows is kept for the outcome.
    func isWorthAnUpdate(_ handle: JSON, to face: CardFace) -> Bool { handle["shown"]?.text != Self.shown(face) }

    func update(_ handle: JSON, with face: CardFace, of address: String) -> VendorRequest {
        guard face.mode == .closed, let code = handle["code"]?.text, !code.isEmpty else {
            return replace(handle, with: face, of: address)
        }
        return VendorRequest(
            .post, "\(api)/message/update_template_card",
            json: [
                "userids": [.string(address)], "agentid": .int(Int64(settings.agentId)), "response_code": .string(code),
                "template_card": WeComCard(face).json(task: nil),
            ], token: Self.token
        ) { answer throws(VendorFault) in
            do throws(VendorFault) {
                _ = try Self.good(answer)
            } catch {
                // A code that was used, or is older than three days.
                guard error.kind == .refused else { throw error }
                return .ask(replace(handle, with: face, of: address))
            }
            return .sent(handle.merging(["code": .null, "shown": .string(Self.shown(face))]))
        }
    }

    /// Takes the card back, which works for a day, and sends what it is now.
    private func replace(_ handle: JSON, with face: CardFace, of address: String) -> VendorRequest {
        let again = send(face, to: address, once: "\(handle["once"]?.text ?? "") \(Self.shown(face))")
        return VendorRequest(
            .post, "\(api)/message/recall", json: ["msgid": handle["message"] ?? ""], token: Self.token
        ) { answer throws(VendorFault) in
            // One that cannot be taken back any more stays, and leads to what the request is now.
            do throws(VendorFault) {
                _ = try Self.good(answer)
            } catch {
                guard error.kind == .refused else { throw error }
            }
            return .ask(again)
        }
    }

    // MARK: what comes back

    private var envelope: WeComEnvelope? {
        WeComEnvelope(
            token: secrets[.verificationToken], encodingKey: secrets[.encryptKey], receiver: settings.corpId)
    }

    func read(_ callback: RawCallback, at now: Date) throws(CallbackRefusal) -> VendorCallback {
        guard let signature = callback.parameter("msg_signature"), let timestamp = callback.parameter("timestamp"),
            let nonce = callback.parameter("nonce")
        else { throw .unsigned }
        let isCheck = callback.method == .get
        guard let sealed = isCheck ? callback.parameter("echostr") : WeComEvent.sealed(in: callback.body) else {
            throw .unreadable
        }
        guard let envelope else { throw .unsigned }
        let plain: [UInt8]
        do throws(WeComEnvelope.Fault) {
            plain = try envelope.open(sealed, signature: signature, timestamp: timestamp, nonce: nonce)
        } catch {
            switch error {
            case .forged: throw .unsigned
            case .unreadable: throw .unreadable
            case .misdirected: throw .foreign
            }
        }
        guard let seconds = Int(timestamp), abs(now.timeIntervalSince1970 - Double(seconds)) <= Self.window else {
            throw .stale
        }
        guard !isCheck else {
            return .answered(CallbackReply(mediaType: "text/plain; charset=utf-8", body: plain))
        }
        guard let event = WeComEvent(plain) else { return .answered(.empty) }
        guard event.corporation == settings.corpId, event.agent == String(settings.agentId), Self.isID(event.user)
        else { throw .foreign }
        let parts = event.key.split(separator: ":", maxSplits: 1).map(String.init)
        guard parts.count == 2, let choice = Self.choices[parts[0]] else { return .answered(.empty) }
        return .click(
            VendorClick(
                event: event.id, subject: "\(settings.corpId)/\(event.user)", address: event.user,
                reference: parts[1], choice: choice))
    }

    private static let choices: [String: VendorClick.Choice] = [
        "approve": .approve, "reject": .reject, "closed": .refresh,
    ]

    /// The copy of who has clicked is changed by the answer; there is no other word to them.
    func answer(_ outcome: ClickOutcome, to click: VendorClick, face: CardFace?, at now: Date) -> CallbackReply {
        switch outcome {
        case .busy, .underWay: return .empty
        default: break
        }
        let said: String
        if let face {
            said = "<MsgType>update_template_card</MsgType>\(WeComCard(face).xml)"
        } else {
            let told = CardText.line(CardText(.chinese).told(outcome, nil), 60)
            said = "<MsgType>update_button</MsgType><Button>\(WeComCard.element("ReplaceName", told))</Button>"
        }
        let time = String(Int(now.timeIntervalSince1970))
        let xml =
            "<xml>\(WeComCard.element("ToUserName", click.address))"
            + "\(WeComCard.element("FromUserName", settings.corpId))<CreateTime>\(time)</CreateTime>\(said)</xml>"
        let nonce = Hex.encode(SecureRandom.bytes(8))
        guard let sealed = envelope?.seal(Array(xml.utf8), timestamp: time, nonce: nonce) else { return .empty }
        let outer =
            "<xml>\(WeComCard.element("Encrypt", sealed.text))\(WeComCard.element("MsgSignature", sealed.signature))"
            + "<TimeStamp>\(time)</TimeStamp>\(WeComCard.element("Nonce", nonce))</xml>"
        return CallbackReply(mediaType: "application/xml; charset=utf-8", body: Array(outer.utf8))
    }

    // MARK: answers

    private static let stale: Set<Int64> = [40_001, 40_014, 41_001, 42_001]
    private static let busy: Set<Int64> = [45_009, 45_033]

    static func good(_ answer: VendorAnswer) throws(VendorFault) -> JSON {
        let json = answer.json
        let code: Int64? = if case .int(let code)? = json["errcode"] { code } else { nil }
        if answer.status == 200, code == 0 { return json }
        let text = "\(answer.status), \(code.map(String.init) ?? "no code"): \(json["errmsg"]?.text ?? "")"
        if let code, stale.contains(code) { throw VendorFault(.staleToken, text) }
        if answer.status == 429 || code.map(busy.contains) == true {
            throw VendorFault(.rest(answer.pause ?? 60), text)
        }
        throw VendorFault(answer.status >= 500 || code == nil || code == -1 ? .again : .refused, text)
    }
}
