import FoundationEssentials
import Kernel
import SAML

/// Our key at one provider: it signs what we ask, and decrypts what we are told. It is made here and leaves only sealed.
enum SAMLKeys {
    /// Making a key takes a core for a good part of a second.
    private static let pool = BlockingPool(threads: 1, waiting: 20)
    private static let years: TimeInterval = 10 * 365 * 86_400

    /// What is sealed: the private key and the certificate as PEM.
    static func make(for provider: IdentityProviderID, at now: Date) async throws -> Secret {
        do {
            return try await pool.run {
                let pair = try SAMLKeyPair.generate(
                    name: provider.text, from: now - 86_400, until: now + years)
                return Secret(try pair.privateKey() + pair.certificate.pem)
            }
        } catch is BlockingPool.Busy {
            throw IdentityError.busy
        }
    }

    static func open(_ text: String) throws -> SAMLKeyPair {
        guard let start = text.firstRange(of: "-----BEGIN CERTIFICATE-----")?.lowerBound else {
            throw SAMLKeyError.notACertificate
        }
        return try SAMLKeyPair(
            privateKey: String(text[..<start]), certificate: try SAMLCertificate(String(text[start...])))
    }
}
