import Cryptography
import FoundationEssentials
import HTTPAPI
import HTTPTypes
import Kernel
import Outbound

/// DingTalk: cards of a template that stands there, or messages with a link; callbacks of which only the time is signed.
struct DingTalk: Vendor {
    let settings: DingTalkSettings
    let secrets: ChannelSecrets

    private var api: String { settings.apiUrl ?? "https://api.dingtalk.com" }
    /// Where the older half of the API is.
    private var old: String { settings.apiUrl ?? "https://oapi.dingtalk.com" }
    private static let token = VendorRequest.TokenPlace.header("x-acs-dingtalk-access-token", prefix: "")
    /// By which the vendor finds the address that clicks are told to.
    private var route: String { "gatehouse-" + Hash256.of(Array(secrets[.signingSecret].utf8)).text.prefix(22) }
    private var isCalled: Bool { settings.delivery == .callback && secrets.has(.signingSecret) }

    private func call(
        _ method: OutboundRequest.Method = .post, _ place: String, _ json: JSON,
        read: @escaping @Sendable (JSON) throws(VendorFault) -> VendorTurn
    ) -> VendorRequest {
        VendorRequest(method, api + place, json: json, token: Self.token) { answer throws(VendorFault) in
            try read(try Self.good(answer))
        }
    }

    func token() -> VendorRequest? {
        VendorRequest(
            .post, api + "/v1.0/oauth2/accessToken",
            json: ["appKey": .string(settings.appKey), "appSecret": .string(secrets[.appSecret])]
        ) { answer throws(VendorFault) in
            let json = try Self.good(answer)
            return .token(try AppToken.read(json["accessToken"], lasting: json["expireIn"]))
        }
    }

    // MARK: people

    /// People are known by their id at the developer, as sign-in knows them. The vendor finds nobody by a mail address.
    func address(ofSubject subject: String) -> String? {
        CompanySubject.id(subject, at: settings.corpId).flatMap { Self.isID($0) ? $0 : nil }
    }

    private static func isID(_ text: String) -> Bool {
        1...128 ~= text.utf8.count && text.utf8.allSatisfy { 0x21...0x7E ~= $0 && !";/.".utf8.contains($0) }
    }

    // MARK: cards

    func showsAll(_ face: CardFace) -> Bool { DingTalkCard(face, mayApprove: settings.mayApprove).showsAll }

    func send(_ face: CardFace, to address: String, once: String) -> VendorRequest {
        guard let template = settings.template else {
            return message(DingTalkCard(face, mayApprove: false).message, to: address)
        }
        let card = "gh-" + Hash256.of(Array(once.utf8)).text
        let shown = DingTalkCard(face, mayApprove: settings.mayApprove)
        var body: JSON = [
            "cardTemplateId": .string(template), "outTrackId": .string(card),
            "callbackType": settings.delivery == .stream ? "STREAM" : "HTTP",
            "cardData": ["cardParamMap": shown.parameters],
            "openSpaceId": .string("dtv1.card//IM_ROBOT.\(address)"), "userIdType": 2,
            "imRobotOpenSpaceModel": [
                "supportForward": false,
                "lastMessageI18n": ["ZH_CN": .string(shown.title), "EN_US": .string(shown.title)],
                "notification": ["alertContent": .string(shown.title), "notificationOff": false],
            ],
            "imRobotOpenDeliverModel": ["spaceType": "IM_ROBOT", "robotCode": .string(settings.appKey)],
        ]
        if isCalled { body = body.merging(["callbackRouteKey": .string(route)]) }
        return call(.post, "/v1.0/card/instances/createAndDeliver", body) { answer throws(VendorFault) in
            guard case .array(let places)? = answer["result"]?["deliverResults"], !places.isEmpty else {
                throw VendorFault(.refused, "The vendor has not said to whom the card went.")
            }
            for place in places where place["success"] != .bool(true) {
                throw VendorFault(.refused, place["errorMsg"]?.text ?? "The vendor did not deliver the card.")
            }
            return .sent(["card": .string(card)])
        }
    }

    func say(_ note: ChatNote, to address: String, once: String) -> VendorRequest? {
        message(DingTalkCard.notice(note), to: address)
    }

    /// A message with a link, for notices and for a company without a template. It goes to an id of the company, which is asked for first.
    private func message(_ content: JSON, to address: String) -> VendorRequest {
        VendorRequest(
            .post, old + "/topapi/user/getbyunionid", json: ["unionid": .string(address)],
            token: .query("access_token")
        ) { answer throws(VendorFault) in
            let json = try Self.oldGood(answer)
            // Contacts from outside are known there as well.
            guard let result = json["result"], result["contact_type"] == .int(0), let user = result["userid"]?.text
            else { throw VendorFault(.refused, "The vendor knows this person as somebody of another company.") }
            return .ask(
                call(
                    .post, "/v1.0/robot/oToMessages/batchSend",
                    [
                        "robotCode": .string(settings.appKey), "userIds": [.string(user)],
                        "msgKey": "sampleActionCard",
                        "msgParam": .string(String(decoding: content.bytes, as: UTF8.self)),
                    ]
                ) { answer throws(VendorFault) in
                    for list in ["invalidStaffIdList", "flowControlledStaffIdList"] {
                        if case .array(let people)? = answer[list], !people.isEmpty {
                            throw VendorFault(
                                list.hasPrefix("flow") ? .again : .refused, "The vendor sends nothing to this person.")
                        }
                    }
                    return .sent(["message": answer["processQueryKey"] ?? .null])
                })
        }
    }

    /// A message stays as it is; its link leads to what the request is now.
    func isWorthAnUpdate(_ handle: JSON, to face: CardFace) -> Bool { handle["card"] != nil }

    func update(_ handle: JSON, with face: CardFace, of address: String) -> VendorRequest {
        call(
            .put, "/v1.0/card/instances",
            [
                "outTrackId": handle["card"] ?? .null,
                "cardData": ["cardParamMap": DingTalkCard(face, mayApprove: settings.mayApprove).parameters],
                "cardUpdateOptions": ["updateCardDataByKey": true, "updatePrivateDataByKey": true], "userIdType": 2,
            ]
        ) { _ throws(VendorFault) in .done }
    }

    /// Has the vendor tell clicks to this address. It is asked whenever the channel is tried out; the address may change.
    func register(callback: String) -> VendorRequest? {
        guard settings.template != nil, isCalled else { return nil }
        return VendorRequest(
            .post, api + "/v1.0/card/callbacks/register",
            json: [
                "callbackRouteKey": .string(route), "callbackUrl": .string(callback),
                "apiSecret": .string(secrets[.signingSecret]), "forceUpdate": true,
            ], token: Self.token
        ) { answer throws(VendorFault) in
            _ = try Self.good(answer)
            return .done
        }
    }

    // MARK: what comes back

    var stream: (any ClickStream)? { settings.delivery == .stream ? DingTalkStream(vendor: self, api: api) : nil }

    func read(_ callback: RawCallback, at now: Date) throws(CallbackRefusal) -> VendorCallback {
        guard isCalled, let timestamp = callback.header(DingTalkCallback.timestampField),
            let signature = callback.header(DingTalkCallback.signatureField)
        else { throw .unsigned }
        let click: DingTalkCallback
        do throws(DingTalkCallback.Fault) {
            click = try DingTalkCallback(
                callback.body, timestamp: timestamp, signature: signature, secret: secrets[.signingSecret], at: now)
        } catch {
            switch error {
            case .forged: throw .unsigned
            case .stale: throw .stale
            case .unreadable: throw .unreadable
            }
        }
        // Whoever has seen one signature could send anything with it for some minutes: what approves takes more than that,
        // unless the company has said that it does not. One signature is good for one click.
        return try read(click, event: "\(timestamp)/\(signature)", approves: settings.trustsClicks)
    }

    /// What somebody has done with a card, as the vendor says.
    func read(
        _ click: DingTalkCallback, event: String, approves: Bool
    ) throws(CallbackRefusal) -> VendorCallback {
        guard click.corporation == settings.corpId else { throw .foreign }
        guard Self.isID(click.user) else { throw .unreadable }
        guard let reference = click.parameters["ref"]?.text, let action = click.parameters["action"]?.text,
            ["approve", "reject"].contains(action)
        else { return .answered(.json([:])) }
        return .click(
            VendorClick(
                event: event, subject: "\(settings.corpId)/\(click.user)", address: click.user, reference: reference,
                choice: action == "reject" ? .reject : approves ? .approve : .refresh))
    }

    func answer(_ outcome: ClickOutcome, to click: VendorClick, face: CardFace?, at now: Date) -> CallbackReply {
        guard let face else {
            // Only who has clicked sees it, and only on their copy.
            let told = CardText(.chinese).told(outcome, nil)
            return .json([
                "cardUpdateOptions": ["updateCardDataByKey": true, "updatePrivateDataByKey": true],
                "userPrivateData": ["cardParamMap": ["hint": .string(told)]],
            ])
        }
        var parameters = DingTalkCard(face, mayApprove: settings.mayApprove).parameters
        switch outcome {
        case .verdict(.counted, _): break
        // Who wanted to approve where clicks do not: the card says where to.
        case .repeated where face.card.state == .open: break
        default:
            let told = face.text.told(outcome, face.card)
            if !told.isEmpty { parameters = parameters.merging(["hint": .string(told)]) }
        }
        return .json([
            "cardUpdateOptions": ["updateCardDataByKey": true, "updatePrivateDataByKey": true],
            "cardData": ["cardParamMap": parameters],
        ])
    }

    // MARK: answers

    static func good(_ answer: VendorAnswer) throws(VendorFault) -> JSON {
        let json = answer.json
        if 200..<300 ~= answer.status, json["success"] != .bool(false) { return json }
        let code = json["code"]?.text ?? ""
        let text = "\(answer.status): \(code) \(json["message"]?.text ?? "")"
        if answer.status == 401 || code == "InvalidAuthentication" { throw VendorFault(.staleToken, text) }
        if answer.status == 429 || code.hasPrefix("Forbidden.AccessDenied.QpsLimit") {
            throw VendorFault(.rest(answer.pause ?? 2), text)
        }
        throw VendorFault(answer.status >= 500 ? .again : .refused, text)
    }

    private static let stale: Set<Int64> = [40_014, 42_001]
    private static let busy: Set<Int64> = [90_002, 90_018]
    /// Says that the call was not let through, and leaves why to `sub_code`.
    private static let barred: Int64 = 88

    /// Of the older half of the API.
    static func oldGood(_ answer: VendorAnswer) throws(VendorFault) -> JSON {
        let json = answer.json
        var code: Int64? = if case .int(let code)? = json["errcode"] { code } else { nil }
        if code == barred, let more = json["sub_code"]?.text.flatMap({ Int64($0) }) { code = more }
        if answer.status == 200, code == 0 { return json }
        let text = "\(answer.status), \(code.map(String.init) ?? "no code"): \(json["errmsg"]?.text ?? "")"
        if let code, stale.contains(code) { throw VendorFault(.staleToken, text) }
        if let code, busy.contains(code) { throw VendorFault(.rest(answer.pause ?? 2), text) }
        throw VendorFault(answer.status >= 500 || code == nil || code == -1 ? .again : .refused, text)
    }
}
