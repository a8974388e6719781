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
                    email: data.word("enterprise_email")))
        }
    }
}
