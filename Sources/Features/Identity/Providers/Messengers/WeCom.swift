import Kernel
import Outbound

/// WeCom: the page shows a code to scan, and the app's own token says whose the code is. There is no PKCE.
struct WeCom: Messenger {
    let settings: MessengerSettings
    let secret: String

    private var api: String { settings.apiUrl ?? "https://qyapi.weixin.qq.com" }

    func address(of attempt: BrowserAttempt) -> String {
        FormText.adding(
            [
                ("login_type", "CorpApp"), ("appid", settings.organization), ("agentid", settings.clientId),
                ("redirect_uri", attempt.callback), ("state", attempt.state),
            ], to: (settings.signInUrl ?? "https://login.work.weixin.qq.com") + "/wwlogin/sso/login")
    }

    func application() -> MessengerRequest {
        MessengerRequest(
            step: .application, url: api + "/cgi-bin/gettoken",
            query: [("corpid", settings.organization), ("corpsecret", secret)]
        ) { _ throws(ProviderFault) in throw .noTurn(.application) }
    }

    func token(in answer: JSON) throws(ProviderFault) -> AppToken {
        let answer = try answer.checked("errcode", "errmsg", .application)
        return try AppToken.read(answer.required("access_token", .application), lasting: answer["expires_in"])
    }

    func begin(with code: String, of attempt: BrowserAttempt) -> MessengerRequest {
        let corporation = settings.organization
        return MessengerRequest(
            step: .userinfo, url: api + "/cgi-bin/auth/getuserinfo", query: [("code", code)], appToken: .query
        ) { answer throws(ProviderFault) in
            let answer = try answer.checked("errcode", "errmsg", .userinfo)
            // Somebody from outside has an openid or an external_userid, and no userid.
            // One of a linked company has its company before a slash.
            guard let user = answer["userid"]?.text ?? answer["UserId"]?.text, !user.isEmpty, !user.contains("/") else {
                throw ProviderFault(step: .membership, text: "somebody of another company", isLie: true)
            }
            // The case of an id says nothing there; other letters than plain ones have none here.
            let id = String(decoding: user.utf8.map { 0x41...0x5A ~= $0 ? $0 | 0x20 : $0 }, as: UTF8.self)
            // The token is of this company's app, which knows the company's people only.
            return .found(
                MessengerPerson(
                    organization: corporation, id: id, login: id, claims: ["corpid": .string(corporation)]))
        }
    }

    /// The app's own people: it shows whom it may see, in departments that it may see. What is confidential, such as
    /// addresses, it is not told.
    func questions(about person: MessengerPerson, _ wants: MessengerWants) -> [MessengerQuestion] {
        let user = MessengerQuestion(
            .attributes, of: [.attributes, .department], api + "/cgi-bin/user/get", query: [("userid", person.login)]
        ) {
            (answer, facts: inout MessengerFacts) throws(ProviderFault) in
            let answer = try answer.checked("errcode", "errmsg", .attributes)
            guard answer["userid"]?.text?.lowercased() == person.login else { throw .somebodyElse }
            facts.claims = Self.named(answer).merging(facts.claims)
            guard wants.wants(MessengerFacts.department) else { return [] }
            return answer.items("department", most: 10).compactMap(\.id).map { department($0, wants) }
        }
        return [user]
    }

    /// A department, and those above it.
    private func department(_ id: String, _ wants: MessengerWants) -> MessengerQuestion {
        MessengerQuestion(.groups, of: [.department], api + "/cgi-bin/department/get", query: [("id", id)]) {
            (answer, facts: inout MessengerFacts) throws(ProviderFault) in
            let answer = try answer.checked("errcode", "errmsg", .groups)
            guard let found = answer["department"], found["id"]?.id == id else { throw .somebodyElse }
            let isNew = !facts.groups.contains("\(MessengerFacts.department)/\(id)")
            facts.add(MessengerFacts.department, id: id, name: found.word("name"))
            // The one at the top has none above it.
            guard isNew, let above = found["parentid"]?.id, above != "0", above != id else { return [] }
            return [department(above, wants)]
        }
    }

    /// With what the company has added to its people by name.
    private static func named(_ answer: JSON) -> JSON {
        let added = (answer["extattr"] ?? .null).items("attrs").compactMap { one -> JSON.Member? in
            guard let name = one.word("name"), let value = one["text"]?.word("value") else { return nil }
            return JSON.Member(name, .string(value))
        }
        return answer.merging(["extattr": .object(added)])
    }
}

extension ProviderFault {
    /// What was asked about one is said about another.
    static var somebodyElse: ProviderFault {
        ProviderFault(step: .attributes, text: "the answer is about somebody else", isLie: true)
    }

    /// An answer that leads to nobody was read as if it did.
    static func noTurn(_ step: ProviderStep.Name) -> ProviderFault {
        ProviderFault(step: step, text: "the answer leads nowhere", isLie: true)
    }
}
