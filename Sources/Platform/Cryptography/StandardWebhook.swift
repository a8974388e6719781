import Crypto
package import FoundationEssentials

/// The secret of a webhook (Standard Webhooks 1.0): `whsec_` and base64 of 24 to 64 bytes.
package struct WebhookSecret: Sendable {
    private let bytes: SecretBytes

    /// A fresh secret of 32 bytes.
    package init() {
        bytes = SecretBytes(SecureRandom.bytes(32))
    }

    /// A secret of the installation's own, made from its root key whenever it is needed and stored nowhere.
    package init(derivedFrom root: RootKey, for purpose: String) {
        bytes = SecretBytes(root.derived(for: purpose).withUnsafeBytes { Array($0) })
    }

    /// Reads the text form; nil without the prefix, or with fewer or more bytes than allowed.
    package init?(_ text: String) {
        guard text.hasPrefix(Self.prefix), let bytes = Base64.decode(String(text.dropFirst(Self.prefix.count))),
            24...64 ~= bytes.count
        else { return nil }
        self.bytes = SecretBytes(bytes)
    }

    /// The text form, shown to the customer once.
    package func reveal() -> String { bytes.withBytes { Self.prefix + Base64.encode($0) } }

    /// The `webhook-signature` of one delivery.
    package func signature(id: String, timestamp: Date, body: [UInt8]) -> String {
        signature(id: id, seconds: Int(timestamp.timeIntervalSince1970.rounded(.down)), body: body)
    }

    func signature(id: String, seconds: Int, body: [UInt8]) -> String {
        let key = bytes.withBytes { SymmetricKey(data: $0) }
        let mac = HMAC<SHA256>.authenticationCode(for: Array("\(id).\(seconds).".utf8) + body, using: key)
        return "v1," + Base64.encode(Array(mac))
    }

    private static let prefix = "whsec_"
}

/// Checks what arrived with `webhook-id`, `webhook-timestamp` and `webhook-signature`.
package struct WebhookVerifier: Sendable {
    package enum Failure: Error, Equatable {
        /// A header is missing or not of its form.
        case malformed
        /// The timestamp is too far from now: an old message sent again, or a wrong clock.
        case stale
        /// No signature fits.
        case forged
    }

    private let secrets: [WebhookSecret]
    private let tolerance: Double

    /// More than one secret while one is being replaced.
    package init(secrets: [WebhookSecret], toleranceSeconds: Double = 300) {
        self.secrets = secrets
        tolerance = toleranceSeconds
    }

    package func verify(
        id: String, timestamp: String, signatures: String, body: [UInt8], now: Date
    ) throws(Failure) {
        guard !id.isEmpty, !id.contains("."), 1...15 ~= timestamp.utf8.count,
            timestamp.utf8.allSatisfy({ 48...57 ~= $0 }), let seconds = Int(timestamp), String(seconds) == timestamp
        else { throw .malformed }
        guard abs(now.timeIntervalSince1970 - Double(seconds)) <= tolerance else { throw .stale }
        let expected = secrets.map { $0.signature(id: id, seconds: seconds, body: body) }
        // At most ten: the sender's header must not decide how long this takes.
        for signature in signatures.split(separator: " ").prefix(10)
        where expected.contains(where: { ConstantTime.equals($0, String(signature)) }) {
            return
        }
        throw .forged
    }
}
