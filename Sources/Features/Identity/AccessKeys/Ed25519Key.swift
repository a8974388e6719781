import Crypto
import FoundationEssentials
package import Kernel

/// A public key of Ed25519, in one of the forms in which tools write it: PEM, what stands between its lines, the 32
/// bytes in base64, or the line of OpenSSH.
package struct Ed25519Key: Sendable, Hashable {
    package let bytes: [UInt8]

    /// What stands in front of the 32 bytes in SubjectPublicKeyInfo (RFC 8410).
    private static let prefix: [UInt8] = [0x30, 0x2A, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x03, 0x21, 0x00]
    /// And in the blob of OpenSSH (RFC 8709).
    private static let sshPrefix: [UInt8] =
        [0, 0, 0, 11] + Array("ssh-ed25519".utf8) + [0, 0, 0, 32]

    package init?(_ text: String) {
        var text = text.replacing("\r", with: "")
        if text.hasPrefix("ssh-ed25519 ") {
            let parts = text.split(separator: " ", maxSplits: 2)
            guard parts.count > 1 else { return nil }
            text = String(parts[1])
        } else {
            text.replace("-----BEGIN PUBLIC KEY-----", with: "")
            text.replace("-----END PUBLIC KEY-----", with: "")
        }
        text.removeAll { $0 == "\n" || $0 == " " }
        guard let data = Data(base64Encoded: text) else { return nil }
        self.init(encoded: Array(data))
    }

    private init?(encoded: [UInt8]) {
        var bytes = encoded[...]
        for prefix in [Self.prefix, Self.sshPrefix] where encoded.starts(with: prefix) && bytes.count > 32 {
            bytes = encoded.dropFirst(prefix.count)
        }
        let isKey = (try? Curve25519.Signing.PublicKey(rawRepresentation: bytes)) != nil
        guard bytes.count == 32, isKey else { return nil }
        self.bytes = Array(bytes)
    }
}

extension Ed25519Key: WireValue {
    package static let schema: Schema<Self> = .parsed(
        43...1000, pattern: #"^[^\u0000]*$"#, "must be a public key of Ed25519, such as openssl or ssh-keygen write it",
        parse: Self.init, text: { Data($0.bytes).base64EncodedString() })
}
