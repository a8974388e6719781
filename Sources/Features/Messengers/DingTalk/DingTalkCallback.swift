import Crypto
import Cryptography
import FoundationEssentials
import Kernel

/// What DingTalk posts when somebody clicks on a card. Its signature covers the time and nothing else, so that the body is
/// only as good as the secrecy of the address that it was posted to.
struct DingTalkCallback: Sendable, Equatable {
    enum Fault: Error, Equatable {
        case forged
        /// Made too long ago, or not yet.
        case stale
        case unreadable
    }

    /// How far its clock and ours may be apart, with the time on the way. The vendor's own examples take an hour.
    static let tolerance: TimeInterval = 300
    static let timestampField = "x-ddpaas-signature-timestamp"
    static let signatureField = "x-ddpaas-signature"

    let card: String
    let corporation: String
    let user: String
    /// What the button was given in the template.
    let parameters: JSON

    static func signature(_ timestamp: String, secret: String) -> String {
        let key = SymmetricKey(data: Array(secret.utf8))
        return Base64.encode(Array(HMAC<SHA256>.authenticationCode(for: Array(timestamp.utf8), using: key)))
    }

    /// - Parameter timestamp: milliseconds since 1970, as text.
    init(_ body: [UInt8], timestamp: String, signature: String, secret: String, at now: Date) throws(Fault) {
        guard ConstantTime.equals(Self.signature(timestamp, secret: secret), signature) else { throw .forged }
        guard 1...15 ~= timestamp.utf8.count, timestamp.utf8.allSatisfy({ 0x30...0x39 ~= $0 }),
            let milliseconds = Double(timestamp),
            abs(now.timeIntervalSince1970 - milliseconds / 1000) <= Self.tolerance
        else { throw .stale }
        try self.init(body)
    }

    /// What is told, whoever has proven that the vendor does.
    init(_ body: [UInt8]) throws(Fault) {
        guard let json = try? JSONParser.parse(body), json["type"]?.text ?? "actionCallback" == "actionCallback",
            let card = json["outTrackId"]?.text, let corporation = json["corpId"]?.text,
            let user = json["userId"]?.text, let content = json["content"]?.text,
            let inner = try? JSONParser.parse(Array(content.utf8)),
            let parameters = inner["cardPrivateData"]?["params"]
        else { throw .unreadable }
        self.card = card
        self.corporation = corporation
        self.user = user
        self.parameters = parameters
    }
}
