package import FoundationEssentials
import HTTPAPI
package import Kernel
import Outbound

/// A service by which a company's codes reach its people's telephones.
package struct SMSGateway: Versioned, Sendable {
    package static let most = 10

    package var id: SMSGatewayID
    package var name: String
    package var enabled: Bool
    package var kind: String
    /// Nil if those that are kept cannot be read: the others go on, and somebody gives them anew.
    package var settings: SMSGatewaySettings?
    package var hasSecret: Bool
    package var createdAt: Date
    package var lastTakenAt: Date?
    /// In the gateway's words, without numbers and codes.
    package var lastRefusal: String?
    package var lastRefusedAt: Date?
    package var version: Int
}

extension SMSGateway: WireValue {
    package static let schema: Schema<Self> = .record(Self.init) {
        Field("id", \.id)
        Field("name", \.name, .text(1...100))
        Field("enabled", \.enabled)
        Field("kind", \.kind, .text(1...30))
        Field(
            "settings", \.settings,
            note: "Null if those that are kept cannot be read: nothing goes out by it until there are new ones.")
        Field("hasSecret", \.hasSecret, note: "Whether it has a secret, which is never shown.")
        Field("createdAt", \.createdAt)
        Field("lastTakenAt", \.lastTakenAt, note: "When it took a message last.")
        Field(
            "lastRefusal", \.lastRefusal, .text(0...300),
            note: "What it said when it took one last not, without numbers and codes.")
        Field("lastRefusedAt", \.lastRefusedAt)
        Field("version", \.version, .int(1...Int(Int32.max)))
    }
}

/// All of a company's, in the order in which they are asked.
package struct SMSGateways: WireValue {
    package let items: [SMSGateway]

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("items", \.items, count: 0...SMSGateway.most)
    }
}

/// How a gateway is spoken to: one kind each, with what that kind needs. Another kind is a case here, a file in `Vendors`,
/// and a word in the table's check.
package enum SMSGatewaySettings: Sendable {
    case alibaba(AlibabaSMS)
    case tencent(TencentSMS)
    case huawei(HuaweiSMS)
    case twilio(TwilioSMS)
    case cmpp(CMPPGateway)
    case custom(CustomSMS)

    var kind: String {
        switch self {
        case .alibaba: "alibaba"
        case .tencent: "tencent"
        case .huawei: "huawei"
        case .twilio: "twilio"
        case .cmpp: "cmpp"
        case .custom: "custom"
        }
    }

    /// Nil for a kind that takes no requests.
    var vendor: (any SMSVendor)? {
        switch self {
        case .alibaba(let settings): settings
        case .tencent(let settings): settings
        case .huawei(let settings): settings
        case .twilio(let settings): settings
        case .cmpp: nil
        case .custom(let settings): settings
        }
    }

    /// Whether it can say that a request waits.
    var takesNotices: Bool { vendor?.takesNotices ?? true }

    var needsSecret: Bool {
        if case .custom(let settings) = self { settings.needsSecret } else { true }
    }

    /// Whether a secret that was given for other settings may be used with these: never where it, or what is made of it,
    /// would go elsewhere.
    func mayKeepSecret(of other: SMSGatewaySettings) -> Bool {
        switch (self, other) {
        case (.alibaba(let new), .alibaba(let old)): new.endpoint == old.endpoint
        case (.tencent(let new), .tencent(let old)): new.endpoint == old.endpoint
        case (.huawei(let new), .huawei(let old)): new.endpoint == old.endpoint
        case (.twilio(let new), .twilio(let old)): new.endpoint == old.endpoint
        // What is made of the secret can be tried against every secret that somebody can think of.
        case (.cmpp(let new), .cmpp(let old)): new.server == old.server && new.source == old.source
        case (.custom(let new), .custom(let old)): new.isSamePlace(as: old)
        default: false
        }
    }
}

extension SMSGatewaySettings: WireValue {
    package static let schema: Schema<Self> = .union(
        "kind",
        Variant("alibaba", SMSGatewaySettings.alibaba) { if case .alibaba(let one) = $0 { one } else { nil } },
        Variant("tencent", SMSGatewaySettings.tencent) { if case .tencent(let one) = $0 { one } else { nil } },
        Variant("huawei", SMSGatewaySettings.huawei) { if case .huawei(let one) = $0 { one } else { nil } },
        Variant("twilio", SMSGatewaySettings.twilio) { if case .twilio(let one) = $0 { one } else { nil } },
        Variant("cmpp", SMSGatewaySettings.cmpp) { if case .cmpp(let one) = $0 { one } else { nil } },
        Variant("custom", SMSGatewaySettings.custom) { if case .custom(let one) = $0 { one } else { nil } })
}

extension SMSEndpoint: WireValue {
    package init(parsing text: String) throws(Invalid) {
        let bare = text.hasSuffix("/") ? String(text.dropLast()) : text
        let authority = bare.split(separator: "://", maxSplits: 1).last.map(String.init) ?? ""
        guard bare.hasPrefix("https://") || bare.hasPrefix("http://"),
            !authority.contains(where: { "/?#\\@".contains($0) }),
            let url = try? OutboundURL(bare + "/")
        else { throw Invalid("must be such as https://sms.example.com, without a path") }
        self.init(text: "\(url.isSecure ? "https" : "http")://\(url.destination)")
    }

    package static let schema: Schema<Self> = Schema<String>.text(8...300).map(Self.init(parsing:), \.text)

    /// The vendor's own, where nothing else is said.
    static func standard(_ host: String) -> Schema<Self> {
        schema.otherwise(SMSEndpoint(text: "https://\(host):443"))
    }
}

private let templateOfNotices =
    "Of the notice that a request waits, with the request's number as its only variable (number); without it none goes "
    + "out by this gateway."

extension AlibabaSMS: WireValue {
    package static let schema: Schema<Self> = .record(Self.init) {
        Field("accessKeyId", \.accessKeyId, .text(1...128))
        Field("signName", \.signName, .text(1...60))
        Field("templateCode", \.templateCode, .text(1...60))
        Field(
            "parameter", \.parameter, Schema<String>.text(1...60).otherwise("code"),
            note: "What the template calls the code.")
        Field("noticeTemplate", \.noticeTemplate, .text(1...60), note: templateOfNotices)
        Field("endpoint", \.endpoint, SMSEndpoint.standard("dysmsapi.aliyuncs.com"))
    }
}

extension TencentSMS: WireValue {
    package static let schema: Schema<Self> = .record(Self.init) {
        Field("secretId", \.secretId, .text(1...128))
        Field("appId", \.appId, .text(1...60))
        Field("signName", \.signName, .text(1...60))
        Field("templateId", \.templateId, .text(1...60))
        Field(
            "withMinutes", \.withMinutes, Bool.schema.otherwise(false),
            note: "Whether the template has a second variable, for how many minutes the code is good.")
        Field("noticeTemplate", \.noticeTemplate, .text(1...60), note: templateOfNotices)
        Field("region", \.region, Schema<String>.text(1...60).otherwise("ap-guangzhou"))
        Field("endpoint", \.endpoint, SMSEndpoint.standard("sms.tencentcloudapi.com"))
    }
}

extension HuaweiSMS: WireValue {
    private static let key = Schema<String>.string(
        1...128, pattern: "^[A-Za-z0-9._-]+$", "must be letters, digits, dots, dashes and underscores"
    ) { text in text.utf8.allSatisfy { SMSWords.isKeyByte($0) } }

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("appKey", \.appKey, key)
        Field("sender", \.sender, .text(1...60), note: "The number of the channel.")
        Field("templateId", \.templateId, .text(1...60))
        Field("noticeTemplate", \.noticeTemplate, .text(1...60), note: templateOfNotices)
        Field("signature", \.signature, .text(1...60), note: "The name of the signature, for templates that need one.")
        Field(
            "digest", \.digest, Digest.schema.otherwise(.raw),
            note: "How the password's digest is written; hex where the region refuses raw.")
        Field("endpoint", \.endpoint, SMSEndpoint.standard("smsapi.cn-north-4.myhuaweicloud.com"))
    }
}

extension TwilioSMS: WireValue {
    package static let schema: Schema<Self> = .record({
        (
            accountSid: String, apiKey: String?, from: String?, messagingServiceSid: String?, endpoint: SMSEndpoint
        ) throws(Invalid) in
        try TwilioSMS(
            accountSid: accountSid, apiKey: apiKey, from: from, messagingServiceSid: messagingServiceSid,
            endpoint: endpoint)
    }) {
        Field("accountSid", \.accountSid, .text(1...60))
        Field("apiKey", \.apiKey, .text(1...60), note: "Whose secret it is; without one it is the account's token.")
        Field("from", \.from, .text(1...30))
        Field("messagingServiceSid", \.messagingServiceSid, .text(1...60))
        Field("endpoint", \.endpoint, SMSEndpoint.standard("api.twilio.com"))
    }
}

extension CustomSMS: WireValue {
    package static let schema: Schema<Self> = .record({
        (
            method: SMSMethod, url: String, headers: [CustomSMSHeader], format: Format, body: String?, success: String?
        ) throws(Invalid) in
        try CustomSMS(method: method, url: url, headers: headers, format: format, body: body, success: success)
    }) {
        Field("method", \.method, SMSMethod.schema.otherwise(.post))
        Field(
            "url", \.url, .text(8...2000),
            note: "With words in double braces behind the host: number, digits, local, code, minutes, company, text, "
                + "id, time and secret.")
        Field(
            "headers", \.headers,
            Schema<[CustomSMSHeader]>.array(of: CustomSMSHeader.schema, 0...20).otherwise([]))
        Field(
            "format", \.format, Format.schema.otherwise(.json),
            note: "How what takes a word's place is written in the body.")
        Field("body", \.body, .lines(1...8000), note: "With POST only.")
        Field(
            "success", \.success, .text(1...200),
            note: "What stands in the answer to a message that was taken; without it the status decides.")
    }
}

extension CustomSMSHeader: WireValue {
    private static let token = Schema<String>.string(
        1...100, pattern: "^[A-Za-z0-9._-]+$", "must be letters, digits, dots, dashes and underscores"
    ) { text in text.utf8.allSatisfy { SMSWords.isKeyByte($0) } }

    package static let schema: Schema<Self> = .record({ (name: String, value: String) throws(Invalid) in
        try CustomSMSHeader(name: name, value: value)
    }) {
        Field("name", \.name, token)
        Field("value", \.value, .text(0...2000))
    }
}
