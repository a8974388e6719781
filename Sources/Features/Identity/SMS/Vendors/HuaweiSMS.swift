import Cryptography
import FoundationEssentials
import HTTPAPI
import Kernel
import Outbound

/// Huawei Cloud Message & SMS (`batchSendSms`, signed by WSSE).
package struct HuaweiSMS: Sendable, SMSVendor {
    /// How the digest is written: by the vendor's formula, or as the text that some of its regions take.
    package enum Digest: String, Sendable, CaseIterable, WireValue {
        case raw, hex
    }

    package let appKey: String
    package let sender: String
    package let templateId: String
    /// Of notices, whose only variable is the request's number.
    package var noticeTemplate: String?
    /// The name of the signature; channels of their own have none.
    package let signature: String?
    package let digest: Digest
    package let endpoint: SMSEndpoint

    var takesNotices: Bool { noticeTemplate != nil }

    func call(_ message: SMSMessage, secret: Secret, at moment: SMSMoment) -> SMSCall {
        let parameters = JSON.array([.string(message.word)])
        var form: [(name: String, value: String)] = [
            ("from", sender), ("to", message.number.text),
            ("templateId", message.isNotice ? noticeTemplate ?? "" : templateId),
            ("templateParas", String(decoding: parameters.bytes, as: UTF8.self)),
        ]
        if let signature { form.append(("signature", signature)) }
        let digest = Self.digest(secret, nonce: moment.nonce, created: moment.seconds, as: digest)
        return SMSCall(
            url: "\(endpoint.text)/sms/batchSendSms/v1",
            headers: [
                ("Content-Type", "application/x-www-form-urlencoded"),
                ("Authorization", #"WSSE realm="SDP",profile="UsernameToken",type="Appkey""#),
                (
                    "X-WSSE",
                    #"UsernameToken Username="\#(appKey)",PasswordDigest="\#(digest)",Nonce="\#(moment.nonce)","#
                        + #"Created="\#(moment.seconds)""#
                ),
            ].map { SMSCall.Header(name: $0.0, value: $0.1) }, body: Array(FormText.encode(form).utf8))
    }

    static func digest(_ secret: Secret, nonce: String, created: String, as form: Digest) -> String {
        let hash = SMSHash.sha256(nonce + created + secret.reveal())
        return switch form {
        case .raw: SMSHash.base64(hash.bytes)
        case .hex: SMSHash.base64(Array(hash.hex.utf8))
        }
    }

    func verdict(status: Int, body: [UInt8]) -> SMSVerdict {
        let json = try? JSONParser.parse(body)
        var results: [JSON] = []
        if case .array(let items)? = json?["result"] { results = items }
        guard 200..<300 ~= status, json?["code"]?.text == "000000", let one = results.first,
            results.allSatisfy({ $0["status"]?.text == "000000" })
        else {
            let item = results.first { $0["status"]?.text != "000000" }
            // What stands before the interface has words of its own.
            return Self.refusal(
                status, (json?["code"] ?? json?["error_code"])?.text, item?["status"]?.text,
                (json?["description"] ?? json?["error_msg"])?.text)
        }
        return .taken(one["smsMsgId"]?.text ?? "")
    }
}
