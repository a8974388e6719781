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
            step: .userinfo, url: api + "/cgi-bin/auth/getuserinfo", query: [("code", code)], needsAppToken: true
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
            return .found(MessengerPerson(organization: corporation, id: id, login: id))
        }
    }
}

extension ProviderFault {
    /// An answer that leads to nobody was read as if it did.
    static func noTurn(_ step: ProviderStep.Name) -> ProviderFault {
        ProviderFault(step: step, text: "the answer leads nowhere", isLie: true)
    }
}
