import Cryptography
import FoundationEssentials
import Kernel
import Outbound

/// Alibaba Cloud (`SendSms`, signed by ACS3-HMAC-SHA256).
package struct AlibabaSMS: Sendable, SMSVendor {
    package let accessKeyId: String
    package let signName: String
    package let templateCode: String
    /// What the template calls the code.
    package let parameter: String
    /// Of notices, which calls the request's number `number`.
    package var noticeTemplate: String?
    package let endpoint: SMSEndpoint

    var takesNotices: Bool { noticeTemplate != nil }

    func call(_ message: SMSMessage, secret: Secret, at moment: SMSMoment) -> SMSCall {
        let parameters = JSON.object([JSON.Member(message.isNotice ? "number" : parameter, .string(message.word))])
        let signed = ACS3(
            keyID: accessKeyId, host: endpoint.host, action: "SendSms", version: "2017-05-25",
            query: [
                ("PhoneNumbers", message.number.local), ("SignName", signName),
                ("TemplateCode", message.isNotice ? noticeTemplate ?? "" : templateCode),
                ("TemplateParam", String(decoding: parameters.bytes, as: UTF8.self)),
            ], moment: moment)
        return SMSCall(
            url: "\(endpoint.text)/?\(signed.canonicalQuery)",
            headers: signed.fields.filter { $0.name != "host" }
                + [SMSCall.Header(name: "authorization", value: signed.authorization(secret))])
    }

    func verdict(status: Int, body: [UInt8]) -> SMSVerdict {
        let json = try? JSONParser.parse(body)
        guard status == 200, json?["Code"]?.text == "OK" else {
            return Self.refusal(status, json?["Code"]?.text, json?["Message"]?.text)
        }
        return .taken(json?["BizId"]?.text ?? "")
    }
}

/// A request without a body to an RPC interface of Alibaba Cloud, as it is signed.
struct ACS3 {
    let keyID: String
    let host: String
    let action: String
    let version: String
    let query: [(name: String, value: String)]
    let moment: SMSMoment

    private static let payload = Hash256.of([UInt8]()).hex

    var canonicalQuery: String {
        query.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
            .map { "\(FormText.escape($0.name))=\(FormText.escape($0.value))" }.joined(separator: "&")
    }

    /// In the order in which they are signed.
    var fields: [SMSCall.Header] {
        [
            ("host", host), ("x-acs-action", action), ("x-acs-content-sha256", Self.payload),
            ("x-acs-date", moment.seconds), ("x-acs-signature-nonce", moment.nonce), ("x-acs-version", version),
        ].map { SMSCall.Header(name: $0.0, value: $0.1) }
    }

    private var names: String { fields.map(\.name).joined(separator: ";") }

    var canonicalHash: String {
        let text = [
            "POST", "/", canonicalQuery, fields.map { "\($0.name):\($0.value)\n" }.joined(), names, Self.payload,
        ].joined(separator: "\n")
        return Hash256.of(Array(text.utf8)).hex
    }

    func signature(_ secret: Secret) -> String {
        SMSHash.hmac("ACS3-HMAC-SHA256\n\(canonicalHash)", key: Array(secret.reveal().utf8)).hex
    }

    func authorization(_ secret: Secret) -> String {
        "ACS3-HMAC-SHA256 Credential=\(keyID),SignedHeaders=\(names),Signature=\(signature(secret))"
    }
}
