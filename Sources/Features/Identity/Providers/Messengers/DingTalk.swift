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
            needsAppToken: true
        ) { answer throws(ProviderFault) in
            let answer = try answer.checked("errcode", "errmsg", .membership)
            // Contacts from outside are known there as well.
            guard let result = answer["result"], case .int(0)? = result["contact_type"] else {
                throw ProviderFault(step: .membership, text: "somebody of another company", isLie: true)
            }
            return .found(
                MessengerPerson(
                    organization: settings.organization, id: union,
                    login: try result.required("userid", .membership), name: name))
        }
    }
}
