import Crypto
import Cryptography
import FoundationEssentials
import HTTPAPI
import Kernel

/// What Feishu calls us with: encrypted, signed over what is encrypted, and with a word inside. The check of the address
/// is encrypted and carries the word, and is not signed.
struct FeishuCallback {
    let secrets: ChannelSecrets

    /// How far a clock may be off, and how late a callback may be.
    static let window: TimeInterval = 300

    /// The document inside, if it is the vendor's and of now.
    func open(_ callback: RawCallback, at now: Date) throws(CallbackRefusal) -> JSON {
        guard let outer = try? JSONParser.parse(callback.body), let sealed = outer["encrypt"]?.text,
            let document = Self.decrypt(sealed, key: secrets[.encryptKey]),
            let json = try? JSONParser.parse(document)
        else { throw .unreadable }
        if json["type"]?.text == "url_verification" {
            guard isToken(json["token"]?.text) else { throw .unsigned }
            return json
        }
        guard let timestamp = callback.header("X-Lark-Request-Timestamp"),
            let nonce = callback.header("X-Lark-Request-Nonce"),
            let signature = callback.header("X-Lark-Signature"),
            ConstantTime.equals(
                Self.signature(timestamp, nonce, key: secrets[.encryptKey], body: callback.body), signature),
            isToken(json["header"]?["token"]?.text)
        else { throw .unsigned }
        guard let seconds = Int(timestamp), abs(now.timeIntervalSince1970 - Double(seconds)) <= Self.window else {
            throw .stale
        }
        return json
    }

    private func isToken(_ said: String?) -> Bool {
        guard let said, !secrets[.verificationToken].isEmpty else { return false }
        return ConstantTime.equals(said, secrets[.verificationToken])
    }

    static func signature(_ timestamp: String, _ nonce: String, key: String, body: [UInt8]) -> String {
        Hex.encode(Array(SHA256.hash(data: Array((timestamp + nonce + key).utf8) + body)))
    }

    static func decrypt(_ text: String, key: String) -> [UInt8]? {
        guard !key.isEmpty, let raw = Base64.decode(text), raw.count >= 32 else { return nil }
        return AESCBC.open(raw.dropFirst(16), key: Array(SHA256.hash(data: Array(key.utf8))), iv: Array(raw.prefix(16)))
    }

    /// What the document tells. Who has clicked is in what the vendor says of them, never in what the button carries.
    static func event(_ json: JSON, _ settings: FeishuChannelSettings) throws(CallbackRefusal) -> VendorCallback {
        if json["type"]?.text == "url_verification" {
            guard let challenge = json["challenge"]?.text, challenge.utf8.count <= 1000 else { throw .unreadable }
            return .answered(.json(["challenge": .string(challenge)]))
        }
        guard let header = json["header"], let event = json["event"] else { throw .unreadable }
        guard header["app_id"]?.text == settings.appId, header["tenant_key"]?.text == settings.tenantKey else {
            throw .foreign
        }
        guard header["event_type"]?.text == "card.action.trigger" else { return .answered(.json([:])) }
        guard let id = header["event_id"]?.text, 1...200 ~= id.utf8.count, let actor = event["operator"],
            let union = actor["union_id"]?.text, !union.isEmpty, let action = event["action"]
        else { throw .unreadable }
        // Somebody of another company to whom a card was forwarded is nobody here.
        guard actor["tenant_key"]?.text ?? settings.tenantKey == settings.tenantKey else { throw .foreign }
        guard let value = action["value"], let reference = value["ref"]?.text, let choice = value["d"]?.text else {
            return .answered(.json([:]))
        }
        return .click(
            VendorClick(
                event: id, subject: "\(settings.tenantKey)/\(union)", address: "union_id:\(union)",
                reference: reference, choice: choice == "approve" ? .approve : choice == "reject" ? .reject : .refresh,
                comment: action["form_value"]?["comment"]?.text ?? ""))
    }
}
