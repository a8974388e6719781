import Cryptography
import FoundationEssentials
import Identity
import JOSE
import Kernel
import SAML
import WebAuthn

/// An ID token: parsed, its signature checked by the issuer's keys, and its claims held against the attempt.
struct IDTokenProof: Proof {
    static let name = "oidc"
    private let text: String
    private let keys: JSONWebKeySet
    private let check: IDTokenCheck
    private let signature: BareSignature

    init(_ sample: Sample) throws {
        text = try sample.text("token")
        keys = try JSONWebKeySet(parsing: sample.json("keys").bytes)
        check = IDTokenCheck(
            issuer: try sample.text("issuer"), client: try sample.text("client"), nonce: try sample.text("nonce"),
            skew: 60, now: Date())
        signature = try BareSignature(sample)
    }

    func verify() throws {
        let token = try JSONWebToken(parsing: text, allowed: [.rs256, .es256])
        try check(token.verified(by: keys), token.header, accessToken: "a")
    }

    func verifySignature() throws { try signature.verify() }
}

/// A SAML response as it is posted.
struct ResponseProof: Proof {
    static let name = "saml"
    private let form: String
    private let check: ResponseCheck
    private let request: SAMLMessageID
    private let now = Date()
    private let signature: BareSignature

    init(_ sample: Sample) throws {
        form = try sample.text("form")
        request = SAMLMessageID(try sample.text("request"))
        let pair = try SAMLKeyPair.generate(name: "Bench", from: now, until: now + 86_400)
        let consumer = try sample.text("consumer")
        check = ResponseCheck(
            of: SAMLIdentityProvider(
                entityID: try sample.text("issuer"), signOn: "https://idp.example.org/",
                certificates: [try SAMLCertificate(sample.text("certificate"))]),
            for: SAMLServiceProvider(
                entityID: try sample.text("client"), assertionConsumer: consumer, logout: consumer, signing: pair,
                decryption: [pair]))
        signature = try BareSignature(sample)
    }

    func verify() throws { _ = try check(form, expecting: .answer(to: request), at: now) }
    func verifySignature() throws { try signature.verify() }
}

/// What a browser brings of a passkey.
struct AssertionProof: Proof {
    static let name = "passkey"
    private let id, client, data, bytes, handle, challenge: [UInt8]
    private let known: AssertionResponse.Known
    private let party: RelyingParty
    private let signature: BareSignature

    init(_ sample: Sample) throws {
        func bytes(_ name: String) throws -> [UInt8] { try Base64URL.decode(sample.text(name)) ?? [] }
        id = try bytes("id")
        client = try bytes("clientData")
        data = try bytes("authenticatorData")
        self.bytes = try bytes("derSignature")
        handle = try bytes("userHandle")
        challenge = try bytes("challenge")
        known = AssertionResponse.Known(
            key: PasskeyPublicKey(algorithm: .es256, bytes: try bytes("point")), signCount: 0, isBackupEligible: false,
            userHandle: handle)
        party = RelyingParty(id: try sample.text("party"), origin: try sample.text("origin"))
        signature = try BareSignature(sample)
    }

    func verify() throws {
        let answer = try AssertionResponse(
            credentialID: id, clientDataJSON: client, authenticatorData: data, signature: bytes, userHandle: handle)
        _ = try answer.verified(
            by: known, challenge: challenge, for: party, needsVerification: true, needsUserHandle: true)
    }

    func verifySignature() throws { try signature.verify() }
}

/// What was signed, the signature as JOSE writes it, and the key that made it.
struct BareSignature {
    private let key: JSONWebKey
    private let signed, signature: [UInt8]

    init(_ sample: Sample) throws {
        guard let key = JSONWebKey(try sample.json("key")), let signed = Base64URL.decode(try sample.text("signed")),
            let signature = Base64URL.decode(try sample.text("signature"))
        else { throw Unusable(description: "a key or a signature cannot be read") }
        (self.key, self.signed, self.signature) = (key, signed, signature)
    }

    func verify() throws {
        guard key.verifies(signature, of: signed) else { throw Unusable(description: "a signature is not right") }
    }
}
