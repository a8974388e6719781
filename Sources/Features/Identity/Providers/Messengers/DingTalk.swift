import Kernel
import Outbound

/// DingTalk: the person's own token says who they are, and for which company they have signed in; the app's says whether
/// they belong to it. There is no PKCE.
struct DingTalk: Messenger {
    let settings: MessengerSettings
    let secret: String

    private var api: String { settings.apiUrl ?? "https://api.dingtalk.com" }
    /// Where the older half of the API is.
    private var old: String { settings.apiUrl ?? "https://oapi.dingtalk.com" }

    func address(of attempt: BrowserAttempt) -> String {
        FormText.adding(
            [
                ("redirect_uri", attempt.callback), ("response_type", "code"), ("client_id", settings.clientId),
                ("scope", "openid corpid"), ("state", attempt.state), ("prompt", "consent"),
                ("corpId", settings.organization),
            ], to: (settings.signInUrl ?? "https://login.dingtalk.com") + "/oauth2/auth")
    }

    func application() -> MessengerRequest {
        MessengerRequest(
            step: .application, url: api + "/v1.0/oauth2/accessToken",
            body: ["appKey": .string(settings.clientId), "appSecret": .string(secret)]
        ) { _ throws(ProviderFault) in throw .noTurn(.application) }
    }

    func token(in answer: JSON) throws(ProviderFault) -> AppToken {
        try AppToken.read(answer.required("accessToken", .application), lasting: answer["expireIn"])
    }

    func begin(with code: String, of attempt: BrowserAttempt) -> MessengerRequest {
        MessengerRequest(
            step: .token, url: api + "/v1.0/oauth2/userAccessToken",
            body: [
                "clientId": .string(settings.clientId), "clientSecret": .string(secret), "code": .string(code),
                "grantType": "authorization_code",
            ]
        ) { answer throws(ProviderFault) in
            let corporation = try answer.required("corpId", .membership)
            guard ConstantCompare.isSame(corporation, settings.organization) else {
                throw ProviderFault(step: .membership, text: "somebody of another company", isLie: true)
            }
            return .ask(try person(with: try answer.required("accessToken", .token)))
        }
    }

    private func person(with token: String) throws(ProviderFault) -> MessengerRequest {
        MessengerRequest(
            step: .userinfo, url: api + "/v1.0/contact/users/me",
            headers: [("x-acs-dingtalk-access-token", try CodeGrant.bearer(token))]
        ) { answer throws(ProviderFault) in
            let union = try answer.required("unionId", .userinfo)
            // The address there is the person's own affair, and not the company's word.
            return .ask(membership(of: union, name: answer["nick"]?.text))
        }
    }

    private func membership(of union: String, name: String?) -> MessengerRequest {
        MessengerRequest(
            step: .membership, url: old + "/topapi/user/getbyunionid", body: ["unionid": .string(union)],
            appToken: .query
        ) { answer throws(ProviderFault) in
            let answer = try answer.checked("errcode", "errmsg", .membership)
            // Contacts from outside are known there as well.
            guard let result = answer["result"], case .int(0)? = result["contact_type"] else {
                throw ProviderFault(step: .membership, text: "somebody of another company", isLie: true)
            }
            return .found(
                MessengerPerson(
                    organization: settings.organization, id: union,
                    login: try result.required("userid", .membership), name: name,
                    claims: ["corpId": .string(settings.organization)]))
        }
    }

    func questions(about person: MessengerPerson, _ wants: MessengerWants) -> [MessengerQuestion] {
        let user = MessengerQuestion(
            .attributes, of: [.attributes, .role], old + "/topapi/v2/user/get", body: ["userid": .string(person.login)]
        ) { (answer, facts: inout MessengerFacts) throws(ProviderFault) in
            let answer = try answer.checked("errcode", "errmsg", .attributes)
            guard let user = answer["result"], user["unionid"]?.text == person.id else { throw .somebodyElse }
            facts.claims = Self.named(user).merging(facts.claims)
            for role in user.items("role_list", most: 1000) {
                facts.add(MessengerFacts.role, id: role["id"]?.id, name: role.word("name"))
            }
            return []
        }
        let departments = MessengerQuestion(
            .groups, of: [.department], old + "/topapi/v2/department/listparentbyuser",
            body: ["userid": .string(person.login)]
        ) { (answer, facts: inout MessengerFacts) throws(ProviderFault) in
            let answer = try answer.checked("errcode", "errmsg", .groups)
            let lines = (answer["result"] ?? .null).items("parent_list").map { $0.items("parent_dept_id_list") }
            var ids: [String] = []
            for case .int(let id) in lines.joined() where !ids.contains("\(id)") { ids.append("\(id)") }
            for id in ids { facts.add(MessengerFacts.department, id: id) }
            return wants.namesGroups ? ids.map(name(of:)) : []
        }
        return [user] + (wants.wants(MessengerFacts.department) ? [departments] : [])
    }

    private func name(of department: String) -> MessengerQuestion {
        MessengerQuestion(
            .groups, of: [.department], old + "/topapi/v2/department/get",
            body: ["dept_id": .int(Int64(department) ?? 0)]
        ) { (answer, facts: inout MessengerFacts) throws(ProviderFault) in
            let answer = try answer.checked("errcode", "errmsg", .groups)
            guard let found = answer["result"], found["dept_id"]?.id == department else { throw .somebodyElse }
            facts.add(MessengerFacts.department, id: department, name: found.word("name"))
            return []
        }
    }

    /// With what the company has added to its people, which is JSON in a text.
    private static func named(_ user: JSON) -> JSON {
        guard let text = user["extension"]?.text, let added = try? JSONParser.parse(Array(text.utf8)),
            case .object = added
        else { return user }
        return user.merging(["extension": added])
    }
}
