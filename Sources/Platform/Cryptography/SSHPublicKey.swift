/// A user's public key, as a line of `authorized_keys` has it.
package struct SSHPublicKey: Sendable, Equatable {
    /// What stands in front of the blob, and inside it.
    package enum Algorithm: String, Sendable, CaseIterable {
        case ed25519 = "ssh-ed25519"
        case p256 = "ecdsa-sha2-nistp256"
        case p384 = "ecdsa-sha2-nistp384"
        case p521 = "ecdsa-sha2-nistp521"
        case rsa = "ssh-rsa"
        case securityKeyEd25519 = "sk-ssh-ed25519@openssh.com"
        case securityKeyP256 = "sk-ecdsa-sha2-nistp256@openssh.com"
    }

    package let algorithm: Algorithm
    package let blob: [UInt8]
    package let comment: String

    /// As `ssh-keygen -l` prints it: `SHA256:` and base64 without padding.
    package var fingerprint: String { Self.fingerprint(of: blob) }

    /// The fingerprint of any key's blob, host keys among them.
    package static func fingerprint(of blob: [UInt8]) -> String {
        "SHA256:" + Base64.encode(Hash256.of(blob).bytes).prefix { $0 != "=" }
    }

    /// The line without anything that the person added.
    package var line: String {
        "\(algorithm.rawValue) \(Base64.encode(blob))" + (comment.isEmpty ? "" : " \(comment)")
    }

    /// Reads one line. Options are refused rather than dropped: whoever wrote `from=` or `command=` relies on it.
    package init(line: String) throws(SSHPublicKeyError) {
        let line = line.trimmingLineEnd
        guard line.utf8.count <= 16_384, line.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 9 }) else {
            throw .malformed
        }
        let words = line.split(maxSplits: 2, whereSeparator: { $0 == " " || $0 == "\t" })
        guard let name = words.first else { throw .malformed }
        guard let algorithm = Algorithm(rawValue: String(name)) else { throw Self.refusal(of: line, name: name) }
        guard words.count >= 2, let blob = Base64.decode(String(words[1])) else { throw .malformed }
        let comment = words.count > 2 ? words[2].reversed().drop { $0 == " " || $0 == "\t" }.reversed() : []
        guard comment.count <= 256 else { throw .comment }
        try self.init(blob: blob, comment: String(comment))
        guard self.algorithm == algorithm else { throw .mismatch }
    }

    /// Reads a blob as it travels in SSH.
    package init(blob: [UInt8], comment: String = "") throws(SSHPublicKeyError) {
        algorithm = try SSHKeyBlob.algorithm(of: blob)
        self.blob = blob
        self.comment = comment
    }

    private static func refusal(of line: String, name: Substring) -> SSHPublicKeyError {
        if name == "ssh-dss" { return .dsa }
        if line.hasPrefix("-----BEGIN") || line.hasPrefix("PuTTY-User-Key-File") { return .privateKey }
        if name.contains("-cert-v0") { return .certificate }
        let names = Algorithm.allCases.map(\.rawValue) + ["ssh-dss"]
        let hasOptions = names.contains { line.contains(" \($0) ") || line.contains("\t\($0) ") }
        return hasOptions ? .options : .algorithm
    }
}

extension String {
    fileprivate var trimmingLineEnd: String {
        var text = self[...]
        while let last = text.unicodeScalars.last, last.properties.isWhitespace { text.unicodeScalars.removeLast() }
        while let first = text.unicodeScalars.first, first == " " || first == "\t" { text.unicodeScalars.removeFirst() }
        return String(text)
    }
}

/// Why a key is not taken, in words for the person who pasted it.
package enum SSHPublicKeyError: Error, Equatable, CustomStringConvertible {
    case malformed, options, algorithm, mismatch, dsa, certificate, privateKey, comment, point
    case weakRSA(bits: Int)

    package var description: String {
        switch self {
        case .malformed: "is not a public key: paste one line of the file that ends in .pub"
        case .options: "has options in front of the key, which are not supported: paste the key alone"
        case .algorithm: "has an unknown algorithm: use ssh-ed25519, ecdsa-sha2-nistp256/384/521, ssh-rsa or an sk- key"
        case .mismatch: "names another algorithm than the key inside it has"
        case .dsa: "is a DSA key, which is broken: make a new one with ssh-keygen -t ed25519"
        case .certificate: "is a certificate, not a public key"
        case .privateKey: "is a PRIVATE key: it is compromised now, replace it; what is needed here ends in .pub"
        case .comment: "has a comment of more than 256 characters"
        case .point: "holds no valid point of its curve"
        case .weakRSA(let bits): "is an RSA key of \(bits) bits, which is too weak: at least 2048, better ssh-ed25519"
        }
    }
}
