import Crypto
import Cryptography
import FoundationEssentials
import HTTPAPI
import Kernel
import Outbound

/// Feishu and Lark: one product at two places. Cards are of version 2.0, callbacks are encrypted and signed.
struct Feishu: Vendor {
    let settings: FeishuChannelSettings
    let isLark: Bool
    let secrets: ChannelSecrets

    private var home: String {
        settings.apiUrl ?? (isLark ? "https://open.larksuite.com" : "https://open.feishu.cn")
    }
    private var api: String { home + "/open-apis" }
    private static let bearer = VendorRequest.TokenPlace.header("Authorization", prefix: "Bearer ")

    func token() -> VendorRequest? {
        VendorRequest(
            .post, api + "/auth/v3/tenant_access_token/internal",
            json: ["app_id": .string(settings.appId), "app_secret": .string(secrets[.appSecret])]
        ) { answer throws(VendorFault) in
            let json = try Self.good(answer)
            return .token(try AppToken.read(json["tenant_access_token"], lasting: json["expire"]))
        }
    }

    // MARK: people

    func address(ofSubject subject: String) -> String? {
        CompanySubject.id(subject, at: settings.tenantKey).map { "union_id:" + $0 }
    }

    func lookUp(email: String) -> VendorRequest? {
        VendorRequest(
            .post, api + "/contact/v3/users/batch_get_id?user_id_type=union_id",
            json: ["emails": [.string(email)], "include_resigned": false], token: Self.bearer
        ) { answer throws(VendorFault) in
            guard case .array(let people)? = try Self.good(answer)["data"]?["user_list"] else { return .address(nil) }
            let found = people.filter { $0["email"]?.text?.lowercased() == email.lowercased() }
                .compactMap { $0["user_id"]?.text }.filter { !$0.isEmpty }
            return .address(found.count == 1 ? "union_id:" + found[0] : nil)
        }
    }

    // MARK: cards

    func showsAll(_ face: CardFace) -> Bool { FeishuCard(face).showsAll }

    func send(_ face: CardFace, to address: String, once: String) -> VendorRequest {
        send(FeishuCard(face).json, to: address, once: once)
    }

    func say(_ note: ChatNote, to address: String, once: String) -> VendorRequest? {
        send(FeishuCard.notice(note), to: address, once: once)
    }

    private func send(_ card: JSON, to address: String, once: String) -> VendorRequest {
        let id = address.split(separator: ":", maxSplits: 1).last.map(String.init) ?? address
        return VendorRequest(
            .post, api + "/im/v1/messages?receive_id_type=union_id",
            json: [
                "receive_id": .string(id), "msg_type": "interactive",
                "content": .string(String(decoding: card.bytes, as: UTF8.self)),
                "uuid": .string(String(once.prefix(50))),
            ], token: Self.bearer
        ) { answer throws(VendorFault) in
            guard let message = try Self.good(answer)["data"]?["message_id"]?.text, 1...200 ~= message.utf8.count else {
                throw VendorFault(.refused, "The vendor has not said which message it is.")
            }
            return .sent(["message": .string(message)])
        }
    }

    func update(_ handle: JSON, with face: CardFace, of address: String) -> VendorRequest {
        let message = handle["message"]?.text ?? ""
        let isPlain = message.utf8.allSatisfy { 0x21...0x7E ~= $0 && !"/?#%".utf8.contains($0) }
        return VendorRequest(
            .patch, api + "/im/v1/messages/\(isPlain ? message : "-")",
            json: ["content": .string(String(decoding: FeishuCard(face).json.bytes, as: UTF8.self))], token: Self.bearer
        ) { answer throws(VendorFault) in
            _ = try Self.good(answer)
            return .done
        }
    }

    // MARK: what comes back

    var takesWords: Bool { true }

    var stream: (any ClickStream)? {
        guard settings.delivery == .stream else { return nil }
        return FeishuStream(settings: settings, api: home, secret: secrets[.appSecret])
    }

    func read(_ callback: RawCallback, at now: Date) throws(CallbackRefusal) -> VendorCallback {
        // What comes over a connection comes in no other way.
        guard settings.delivery == .callback else { throw .unsigned }
        let payload = try FeishuCallback(secrets: secrets).open(callback, at: now)
        return try FeishuCallback.event(payload, settings)
    }

    func answer(_ outcome: ClickOutcome, to click: VendorClick, face: CardFace?, at now: Date) -> CallbackReply {
        var members: [JSON.Member] = []
        let text = face?.text ?? CardText(isLark ? .english : .chinese)
        let told = text.told(outcome, face?.card)
        if !told.isEmpty {
            members.append(JSON.Member("toast", ["type": .string(Self.tone(outcome)), "content": .string(told)]))
        }
        if let face { members.append(JSON.Member("card", ["type": "raw", "data": FeishuCard(face).json])) }
        return .json(.object(members))
    }

    private static func tone(_ outcome: ClickOutcome) -> String {
        switch outcome {
        case .verdict(.counted, _): "success"
        case .verdict(.alreadyDecided, _), .repeated, .form, .underWay: "info"
        case .verdict(.changed, _), .verdict(.needsPasskey, _), .verdict(.needsComment, _),
            .verdict(.tooLong, _), .busy:
            "warning"
        case .verdict(.notYours, _), .verdict(.own, _), .unlinked, .unknown: "error"
        }
    }

    // MARK: answers

    private static let stale: Set<Int64> = [99_991_661, 99_991_663, 99_991_664, 99_991_668]
    private static let busy: Set<Int64> = [99_991_400, 230_020]

    /// The object in an answer that says that all is well.
    static func good(_ answer: VendorAnswer) throws(VendorFault) -> JSON {
        let json = answer.json
        let code: Int64? = if case .int(let code)? = json["code"] { code } else { nil }
        if answer.status == 200, code == 0 { return json }
        let text = "\(answer.status), \(code.map(String.init) ?? "no code"): \(json["msg"]?.text ?? "")"
        if let code, stale.contains(code) { throw VendorFault(.staleToken, text) }
        if answer.status == 401 { throw VendorFault(.staleToken, text) }
        if answer.status == 429 || code.map(busy.contains) == true {
            let pause = answer.headers["x-ogw-ratelimit-reset"].flatMap { Int($0) }.map(TimeInterval.init)
            throw VendorFault(.rest(pause ?? answer.pause), text)
        }
        throw VendorFault(answer.status >= 500 || code == nil ? .again : .refused, text)
    }
}

extension CallbackReply {
    static func json(_ json: JSON) -> CallbackReply {
        CallbackReply(mediaType: "application/json", body: json.bytes)
    }

    static var empty: CallbackReply { CallbackReply(mediaType: "text/plain; charset=utf-8", body: []) }
}
