import Cryptography
import Foundation
import Kernel
import TestSupport
import Testing

@testable import WebAuthn

/// Answers of an independent implementation (`fido2` for Python), kept as they came; `passkey_authenticator.py` made them.
struct Vectors {
    static let party = RelyingParty(id: "acme.example", origin: "https://acme.example:8443")
    static let challenge = (0..<32).map { UInt8($0) }
    static let userHandle = (0x10..<0x20).map { UInt8($0) }
    static let now = Date(timeIntervalSince1970: 1_795_000_000)
    static let model = UUID(uuidString: "01020304-0506-0708-090a-0b0c0d0e0f10")!

    let clientData: [UInt8]
    let attestation: [UInt8]
    /// The authority above the certificates of the attestation, in PEM.
    let root: String?
    /// The assertion by the same key, where there is one.
    var assertion: (id: [UInt8], clientData: [UInt8], data: [UInt8], signature: [UInt8]) = ([], [], [], [])

    init(_ name: String) throws {
        let bytes = [UInt8](try Data(contentsOf: URL(filePath: Repository.path("Tests/WebAuthnTests/vectors.json"))))
        let vector = try #require(try JSONParser.parse(bytes)[name])
        func field(_ part: String, _ name: String) -> [UInt8] {
            vector[part]?[name]?.text.flatMap { Base64URL.decode($0) } ?? []
        }
        clientData = field("create", "clientDataJSON")
        attestation = field("create", "attestationObject")
        root = vector["root"]?.text
        assertion = (
            field("get", "id"), field("get", "clientDataJSON"), field("get", "authenticatorData"),
            field("get", "signature")
        )
    }

    func register(
        _ policy: AttestationPolicy = .none, for party: RelyingParty = party, needsVerification: Bool = true,
        at now: Date = now
    ) throws(WebAuthnRefusal) -> NewPasskey {
        try Self.register(
            clientData, attestation, policy, for: party, needsVerification: needsVerification, at: now)
    }

    static func register(
        _ clientData: [UInt8], _ attestation: [UInt8], _ policy: AttestationPolicy = .none,
        for party: RelyingParty = party, needsVerification: Bool = true, at now: Date = now
    ) throws(WebAuthnRefusal) -> NewPasskey {
        try RegistrationResponse(clientDataJSON: clientData, attestationObject: attestation).verified(
            challenge: challenge, for: party, needsVerification: needsVerification, policy: policy,
            at: now)
    }

    func use(
        key: PasskeyPublicKey, clientData: [UInt8]? = nil, data: [UInt8]? = nil, signature: [UInt8]? = nil,
        count: Int = 1
    ) throws(WebAuthnRefusal) -> Int {
        try AssertionResponse(
            credentialID: assertion.id, clientDataJSON: clientData ?? assertion.clientData,
            authenticatorData: data ?? assertion.data, signature: signature ?? assertion.signature,
            userHandle: Self.userHandle
        ).verified(
            by: .init(key: key, signCount: count, isBackupEligible: false, userHandle: Self.userHandle),
            challenge: Self.challenge, for: Self.party, needsVerification: true, needsUserHandle: true)
    }
}

/// The same numbers in every run.
struct Seeded: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// The bytes with a few of them changed, removed, doubled or cut off.
    mutating func mutated(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...3, using: &self) where !bytes.isEmpty {
            let at = Int.random(in: 0..<bytes.count, using: &self)
            switch Int.random(in: 0..<6, using: &self) {
            case 0: bytes[at] ^= 1 << UInt8.random(in: 0..<8, using: &self)
            case 1: bytes[at] = UInt8.random(in: .min ... .max, using: &self)
            case 2: bytes.remove(at: at)
            case 3: bytes.insert(UInt8.random(in: .min ... .max, using: &self), at: at)
            case 4: bytes.removeLast(bytes.count - at)
            default: bytes.insert(contentsOf: bytes[at...].prefix(40), at: at)
            }
        }
        return bytes
    }
}
