import Cryptography
import FoundationEssentials
import Kernel

/// Tencent Cloud (`SendSms`, signed by TC3-HMAC-SHA256).
package struct TencentSMS: Sendable, SMSVendor {
    package let secretId: String
    package let appId: String
    package let signName: String
    package let templateId: String
    /// Whether the template has a second variable, for how many minutes the code is good.
    package let withMinutes: Bool
    /// Of notices, whose only variable is the request's number.
    package var noticeTemplate: String?
    package let region: String
    package let endpoint: SMSEndpoint

    var takesNotices: Bool { noticeTemplate != nil }

    func call(_ message: SMSMessage, secret: Secret, at moment: SMSMoment) -> SMSCall {
        var parameters: [JSON] = [.string(message.word)]
        if withMinutes, !message.isNotice { parameters.append(.string(String(message.minutes))) }
        let body: JSON = [
            "PhoneNumberSet": [.string(message.number.text)], "SmsSdkAppId": .string(appId),
            "SignName": .string(signName), "TemplateId": .string(message.isNotice ? noticeTemplate ?? "" : templateId),
            "TemplateParamSet": .array(parameters),
        ]
        let signed = TC3(
            keyID: secretId, service: "sms", host: endpoint.host, contentType: "application/json", body: body.bytes,
            date: moment.date)
        return SMSCall(
            url: "\(endpoint.text)/",
            headers: [
                ("Content-Type", signed.contentType), ("X-TC-Action", "SendSms"), ("X-TC-Version", "2021-01-11"),
                ("X-TC-Region", region), ("X-TC-Timestamp", signed.timestamp),
                ("Authorization", signed.authorization(secret)),
            ].map { SMSCall.Header(name: $0.0, value: $0.1) }, body: body.bytes)
    }

    func verdict(status: Int, body: [UInt8]) -> SMSVerdict {
        let response = (try? JSONParser.parse(body))?["Response"]
        let error = response?["Error"]
        guard status == 200, error == nil, case .array(let each)? = response?["SendStatusSet"], let one = each.first,
            each.allSatisfy({ $0["Code"]?.text == "Ok" })
        else {
            var said = error
            if said == nil, case .array(let each)? = response?["SendStatusSet"] {
                said = each.first { $0["Code"]?.text != "Ok" }
            }
            return Self.refusal(status, said?["Code"]?.text, said?["Message"]?.text)
        }
        return .taken(one["SerialNo"]?.text ?? "")
    }
}

/// A request to an interface of Tencent Cloud, as it is signed.
struct TC3 {
    let keyID: String
    let service: String
    let host: String
    let contentType: String
    let body: [UInt8]
    let date: Date
    /// Signed too, if it is given.
    var action: String?

    var timestamp: String { String(Int(date.timeIntervalSince1970)) }
    private var scope: String { "\(Timestamp.text(date).prefix(10))/\(service)/tc3_request" }
    private var fields: [(name: String, value: String)] {
        [("content-type", contentType), ("host", host)] + (action.map { [("x-tc-action", $0.lowercased())] } ?? [])
    }
    private var names: String { fields.map(\.name).joined(separator: ";") }

    var canonicalHash: String {
        let text = [
            "POST", "/", "", fields.map { "\($0.name):\($0.value)\n" }.joined(), names, Hash256.of(body).hex,
        ].joined(separator: "\n")
        return Hash256.of(Array(text.utf8)).hex
    }

    func signature(_ secret: Secret) -> String {
        let day = String(Timestamp.text(date).prefix(10))
        var key = Array("TC3\(secret.reveal())".utf8)
        for part in [day, service, "tc3_request"] { key = SMSHash.hmac(part, key: key).bytes }
        return SMSHash.hmac("TC3-HMAC-SHA256\n\(timestamp)\n\(scope)\n\(canonicalHash)", key: key).hex
    }

    func authorization(_ secret: Secret) -> String {
        "TC3-HMAC-SHA256 Credential=\(keyID)/\(scope), SignedHeaders=\(names), Signature=\(signature(secret))"
    }
}
