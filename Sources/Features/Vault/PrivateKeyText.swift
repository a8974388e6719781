import Cryptography

/// What a private key must look like to be of use: nobody is there to type a passphrase when a session begins.
enum PrivateKeyText {
    /// Throws `VaultError.notAKey` or `keyIsLocked`. Whether the key is a good one, only its target can tell.
    static func check(_ text: String) throws(VaultError) {
        let lines = text.split(whereSeparator: \.isNewline).map { $0.filter { !$0.isWhitespace || $0 == " " } }
        guard let first = lines.first, let last = lines.last(where: { !$0.isEmpty }), lines.count >= 3,
            first.hasPrefix("-----BEGIN "), first.hasSuffix("PRIVATE KEY-----"),
            last == first.replacing("BEGIN", with: "END", maxReplacements: 1)
        else { throw .notAKey }
        if first.contains("ENCRYPTED")
            || lines.contains(where: { $0.hasPrefix("Proc-Type:") && $0.contains("ENCRYPTED") })
        {
            throw .keyIsLocked
        }
        if first.contains("OPENSSH"), let cipher = openSSHCipher(lines), cipher != "none" { throw .keyIsLocked }
    }

    /// The name of the cipher in OpenSSH's own format (PROTOCOL.key): a magic, then a text with its length in front.
    private static func openSSHCipher(_ lines: [String]) -> String? {
        let body = lines.drop { !$0.hasPrefix("-----BEGIN") }.dropFirst().prefix { !$0.hasPrefix("-----") }.joined()
        let magic = Array("openssh-key-v1\0".utf8)
        guard let bytes = Base64.decode(body), bytes.starts(with: magic), bytes.count >= magic.count + 4 else {
            return nil
        }
        let rest = bytes.dropFirst(magic.count)
        let length = rest.prefix(4).reduce(0) { $0 << 8 | Int($1) }
        return String(decoding: rest.dropFirst(4).prefix(length), as: UTF8.self)
    }
}
