import FoundationEssentials
package import Kernel
import Outbound

/// Twilio, and services that speak as it does.
package struct TwilioSMS: Sendable, SMSVendor {
    package let accountSid: String
    /// A key of the account; without one the secret is the account's token.
    package let apiKey: String?
    /// A number, or a name where those are allowed.
    package let from: String?
    package let messagingServiceSid: String?
    package let endpoint: SMSEndpoint

    package init(
        accountSid: String, apiKey: String?, from: String?, messagingServiceSid: String?, endpoint: SMSEndpoint
    ) throws(Invalid) {
        guard (from == nil) != (messagingServiceSid == nil) else {
            throw Invalid("is needed, unless there is a messagingServiceSid, and not with one", field: "from")
        }
        self.accountSid = accountSid
        self.apiKey = apiKey
        self.from = from
        self.messagingServiceSid = messagingServiceSid
        self.endpoint = endpoint
    }

    var takesNotices: Bool { true }

    func call(_ message: SMSMessage, secret: Secret, at moment: SMSMoment) -> SMSCall {
        let sender = from.map { ("From", $0) } ?? ("MessagingServiceSid", messagingServiceSid ?? "")
        let form = FormText.encode([("To", message.number.text), sender, ("Body", message.text)])
        let login = SMSHash.base64(Array("\(apiKey ?? accountSid):\(secret.reveal())".utf8))
        return SMSCall(
            url: "\(endpoint.text)/2010-04-01/Accounts/\(FormText.escape(accountSid))/Messages.json",
            headers: [
                SMSCall.Header(name: "Content-Type", value: "application/x-www-form-urlencoded"),
                SMSCall.Header(name: "Authorization", value: "Basic \(login)"),
            ], body: Array(form.utf8))
    }

    func verdict(status: Int, body: [UInt8]) -> SMSVerdict {
        let json = try? JSONParser.parse(body)
        guard 200..<300 ~= status, let id = json?["sid"]?.text else {
            var code: String?
            if case .int(let number)? = json?["code"] { code = "\(number)" }
            return Self.refusal(status, code, json?["message"]?.text)
        }
        return .taken(id)
    }
}
