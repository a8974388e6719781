package import FoundationEssentials
package import HTTPAPI
package import Kernel
import WebAuthn

/// An authority for whose authenticators the company takes the word, as administrators see it.
package struct PasskeyRoot: WireValue {
    package static let most = 20

    package let id: PasskeyRootID
    package let subject: String
    package let fingerprint: String
    package let expiresAt: Date
    package let createdAt: Date

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("id", \.id)
        Field("subject", \.subject, .text(0...1000), note: "Whose it is, as its certificate says.")
        Field("fingerprint", \.fingerprint, .text(64...64), note: "SHA-256 of the certificate.")
        Field("expiresAt", \.expiresAt, note: "From then on it vouches for no new passkey.")
        Field("createdAt", \.createdAt)
    }

    package static let listing = Listing<PasskeyRoot>(
        key: Column("id", "r.passkey_root_id", \.id), order: .descending("createdAt"),
        sortable: ["createdAt", "expiresAt"],
        columns: [
            Column("createdAt", "r.created_at", \.createdAt), Column("expiresAt", "r.expires_at", \.expiresAt),
            Column("subject", "r.subject", \.subject, .text(0...1000)),
        ])
}

/// The body that adds a root.
package struct AddPasskeyRoot: WireValue {
    private let certificate: String
    let root: AttestationRoot

    private init(_ certificate: String) throws(Invalid) {
        self.certificate = certificate
        do {
            root = try AttestationRoot(pem: certificate)
        } catch {
            switch error {
            case .notACertificate: throw Invalid("must be one certificate in PEM", field: "certificate")
            case .notAnAuthority: throw Invalid("must be that of an authority", field: "certificate")
            }
        }
    }

    package static let schema: Schema<Self> = .record({ (certificate: String) throws(Invalid) in
        try AddPasskeyRoot(certificate)
    }) {
        Field(
            "certificate", \.certificate, .lines(1...AttestationRoot.longest),
            note: "The certificate of a maker's authority, in PEM.")
    }
}
