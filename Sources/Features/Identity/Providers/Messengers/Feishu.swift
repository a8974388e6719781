import Kernel
import Outbound

/// Feishu and Lark: one product at two places, which differ in where a token is had.
struct Feishu: Messenger {
    let settings: MessengerSettings
    let secret: String

    private var isLark: Bool { settings.vendor == .lark }
    private var accounts: String {
        settings.signInUrl ?? (isLark ? "https://accounts.larksuite.com" : "https://accounts.feishu.cn")
    }
    private var api: String {
        settings.apiUrl ?? (isLark ? "https://open.larksuite.com" : "https://open.feishu.cn")
    }
    private var exchange: String {
        isLark ? api + "/open-apis/authen/v2/oauth/token" : accounts + "/oauth/v3/token"
    }

    func address(of attempt: BrowserAttempt) -> String {
        FormText.adding(
            [
                ("client_id", settings.clientId), ("redirect_uri", attempt.callback), ("response_type", "code"),
                ("state", attempt.state), ("code_challenge", attempt.challenge), ("code_challenge_method", "S256"),
            ], to: accounts + "/open-apis/authen/v1/authorize")
    }

    func application() -> MessengerRequest {
        MessengerRequest(
            step: .application, url: api + "/open-apis/auth/v3/tenant_access_token/internal",
            body: ["app_id": .string(settings.clientId), "app_secret": .string(secret)]
        ) { _ throws(ProviderFault) in throw .noTurn(.application) }
    }

    func token(in answer: JSON) throws(ProviderFault) -> AppToken {
        let answer = try answer.checked("code", "msg", .application)
        return try AppToken.read(answer.required("tenant_access_token", .application), lasting: answer["expire"])
    }

    func begin(with code: String, of attempt: BrowserAttempt) -> MessengerRequest {
        MessengerRequest(
            step: .token, url: exchange,
            body: [
                "grant_type": "authorization_code", "client_id": .string(settings.clientId),
                "client_secret": .string(secret), "code": .string(code), "redirect_uri": .string(attempt.callback),
                "code_verifier": .string(attempt.verifier),
            ]
        ) { answer throws(ProviderFault) in
            if answer["code"] != nil { _ = try answer.checked("code", "error_description", .token) }
            return .ask(try person(with: try answer.required("access_token", .token)))
        }
    }

    private func person(with token: String) throws(ProviderFault) -> MessengerRequest {
        MessengerRequest(
            step: .userinfo, url: api + "/open-apis/authen/v1/user_info",
            headers: [("Authorization", "Bearer \(try CodeGrant.bearer(token))")]
        ) { answer throws(ProviderFault) in
            guard let data = try answer.checked("code", "msg", .userinfo)["data"] else {
                throw .noTurn(.userinfo)
            }
            // The id of a person is one for all apps of a developer; that in the company may not be shown to this one.
            let id = try data.required("union_id", .userinfo)
            return .found(
                MessengerPerson(
                    organization: try data.required("tenant_key", .membership), id: id,
                    login: data.word("user_id") ?? id, name: data.word("name") ?? data.word("en_name"),
                    email: data.word("enterprise_email"), claims: data))
        }
    }

    /// By the app's own token: what the person themselves was asked to agree to is who they are, and no more.
    func questions(about person: MessengerPerson, _ wants: MessengerWants) -> [MessengerQuestion] {
        guard JSON.isId(person.id) else { return [] }
        let user = question(
            .attributes, of: [.attributes, .department], "users/\(person.id)",
            [("user_id_type", "union_id"), ("department_id_type", "open_department_id")]
        ) { (data, facts: inout MessengerFacts) throws(ProviderFault) in
            guard let user = data["user"], user["union_id"]?.text == person.id else { throw .somebodyElse }
            // What stands there is the company's word, and not the person's own.
            facts.claims = facts.claims.merging(Self.named(user))
            guard wants.wants(MessengerFacts.department) else { return [] }
            let departments = user.items("department_ids", most: 10).compactMap(\.id).filter { $0 != "0" }
            return departments.flatMap { [department($0), above($0)] }
        }
        // Those that somebody was put into, and those that fill themselves by a rule.
        let groups = wants.wants(MessengerFacts.group) ? ["1", "2"].map { membership(of: person.id, $0, wants) } : []
        return [user] + groups
    }

    private func department(_ id: String) -> MessengerQuestion {
        question(.groups, of: [.department], "departments/\(id)", [("department_id_type", "open_department_id")]) {
            (data, facts: inout MessengerFacts) throws(ProviderFault) in
            guard let found = data["department"], found["open_department_id"]?.id == id else { throw .somebodyElse }
            Self.add(found, to: &facts)
            return []
        }
    }

    private func above(_ id: String) -> MessengerQuestion {
        question(
            .groups, of: [.department], "departments/parent",
            [("department_id_type", "open_department_id"), ("department_id", id), ("page_size", "50")]
        ) { (data, facts: inout MessengerFacts) throws(ProviderFault) in
            for one in data.items("items") { Self.add(one, to: &facts) }
            return []
        }
    }

    private func membership(of person: String, _ type: String, _ wants: MessengerWants) -> MessengerQuestion {
        question(
            .groups, of: [.group], "group/member_belong",
            [("member_id", person), ("member_id_type", "union_id"), ("group_type", type), ("page_size", "500")]
        ) { (data, facts: inout MessengerFacts) throws(ProviderFault) in
            let ids = data.items("group_list", most: 500).compactMap(\.id)
            for id in ids { facts.add(MessengerFacts.group, id: id) }
            return wants.namesGroups ? ids.map(name(of:)) : []
        }
    }

    private func name(of group: String) -> MessengerQuestion {
        question(.groups, of: [.group], "group/\(group)", []) {
            (data, facts: inout MessengerFacts) throws(ProviderFault) in
            guard let found = data["group"], found["id"]?.id == group else { throw .somebodyElse }
            facts.add(MessengerFacts.group, id: group, name: found.word("name"))
            return []
        }
    }

    private func question(
        _ step: ProviderStep.Name, of facts: Set<ProviderFact>, _ place: String,
        _ query: [(name: String, value: String)],
        take: @escaping @Sendable (JSON, inout MessengerFacts) throws(ProviderFault) -> [MessengerQuestion]
    ) -> MessengerQuestion {
        MessengerQuestion(step, of: facts, api + "/open-apis/contact/v3/" + place, query: query, token: .header) {
            (answer, facts: inout MessengerFacts) throws(ProviderFault) in
            try take(try answer.checked("code", "msg", step)["data"] ?? .null, &facts)
        }
    }

    /// A department has two ids, of which administrators see the one that they may choose.
    private static func add(_ department: JSON, to facts: inout MessengerFacts) {
        facts.add(MessengerFacts.department, id: department["open_department_id"]?.id, name: department.word("name"))
        facts.add(MessengerFacts.department, id: department["department_id"]?.id)
    }

    /// With what the company has added to its people.
    private static func named(_ user: JSON) -> JSON {
        let added = user.items("custom_attrs").compactMap { one -> JSON.Member? in
            guard let id = one.word("id"), let value = one["value"] else { return nil }
            let words = ["text", "option_value", "option_id", "name", "url"].lazy.compactMap { value.word($0) }
            return words.first.map { JSON.Member(id, .string($0)) }
        }
        return user.merging(["custom_attrs": .object(added)])
    }
}
