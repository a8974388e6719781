import Cryptography
import Foundation
import Kernel
import Testing

@testable import WebAuthn

/// Both ceremonies on the bytes of an independent implementation.
@Suite struct CeremonyTests {
    private static let algorithms = ["es256", "edDSA", "rs256"]

    @Test(arguments: algorithms) func `a passkey is made and used`(_ name: String) throws {
        let vectors = try Vectors(name)
        let passkey = try vectors.register()
        #expect(passkey.id == vectors.assertion.id && passkey.isVerified && !passkey.isBackupEligible)
        #expect(passkey.signCount == 1)
        #expect(try vectors.use(key: passkey.key) == 2)
    }

    @Test(arguments: algorithms) func `no other key has signed it`(_ name: String) throws {
        let vectors = try Vectors(name)
        let key = try vectors.register().key
        for other in Self.algorithms where other != name {
            let foreign = try Vectors(other).register().key
            #expect(throws: (any Error).self) { try vectors.use(key: foreign) }
            let confused = PasskeyPublicKey(algorithm: foreign.algorithm, bytes: key.bytes)
            #expect(throws: (any Error).self) { try vectors.use(key: confused) }
        }
        var bytes = key.bytes
        bytes[0] ^= 1
        #expect(throws: (any Error).self) {
            try vectors.use(key: PasskeyPublicKey(algorithm: key.algorithm, bytes: bytes))
        }
    }

    @Test func `a counter that does not grow is refused`() throws {
        let vectors = try Vectors("es256")
        let key = try vectors.register().key
        for count in [2, 3, 4_294_967_295] {
            #expect(throws: WebAuthnRefusal.counter) { try vectors.use(key: key, count: count) }
        }
        #expect(try vectors.use(key: key, count: 0) == 2)
    }

    @Test func `the page's words are checked one by one`() throws {
        let vectors = try Vectors("es256")
        let origin = Vectors.party.origin
        let challenge = Base64URL.encode(Vectors.challenge)
        func words(_ type: String, _ challenge: String, _ origin: String, _ more: String = "") -> [UInt8] {
            Array(#"{"type":"\#(type)","challenge":"\#(challenge)","origin":"\#(origin)"\#(more)}"#.utf8)
        }
        let cases: [([UInt8], WebAuthnRefusal?)] = [
            (words("webauthn.create", challenge, origin), nil),
            (words("webauthn.create", challenge, origin, #","crossOrigin":false,"more":[1]"#), nil),
            (words("webauthn.get", challenge, origin), .type), (words("", challenge, origin), .type),
            (words("webauthn.create", "AAEC", origin), .challenge), (words("webauthn.create", "", origin), .challenge),
            (words("webauthn.create", challenge + "=", origin), .malformed),
            (words("webauthn.create", challenge, "https://acme.example"), .origin),
            (words("webauthn.create", challenge, "http://acme.example:8443"), .origin),
            (words("webauthn.create", challenge, "https://acme.example:8443/"), .origin),
            (words("webauthn.create", challenge, "https://acme.example:8443.evil.example"), .origin),
            (words("webauthn.create", challenge, "https://ACME.example:8443"), .origin),
            (words("webauthn.create", challenge, "null"), .origin),
            (words("webauthn.create", challenge, origin, #","crossOrigin":true"#), .crossOrigin),
            (words("webauthn.create", challenge, origin, #","crossOrigin":1"#), .crossOrigin),
            (words("webauthn.create", challenge, origin, #","topOrigin":"https://evil.example""#), .crossOrigin),
            (words("webauthn.create", challenge, origin, #","origin":"https://evil.example""#), .malformed),
            (words("webauthn.create", challenge, origin) + [0x20, 0x7D], .malformed),
            ([0xEF, 0xBB, 0xBF] + words("webauthn.create", challenge, origin), .malformed),
            (words("webauthn.create", challenge, origin + String(repeating: "x", count: 5000)), .malformed),
            ([], .malformed), (Array("[]".utf8), .malformed), (Array("{}".utf8), .malformed),
            ([0xFF, 0xFE], .malformed),
        ]
        for (bytes, expected) in cases {
            let found = refusal { _ = try Vectors.register(bytes, vectors.attestation) }
            #expect(found == expected, "\(String(decoding: bytes.prefix(120), as: UTF8.self))")
        }
    }

    @Test func `what the authenticator says is checked bit by bit`() throws {
        let vectors = try Vectors("es256")
        let key = try vectors.register().key
        func changed(_ body: (inout [UInt8]) -> Void) -> WebAuthnRefusal? {
            var data = vectors.assertion.data
            body(&data)
            return refusal { _ = try vectors.use(key: key, data: data) }
        }
        #expect(changed { _ in } == nil)
        #expect(changed { $0[0] ^= 1 } == .relyingParty)
        #expect(changed { $0[32] = 0x04 } == .userPresence)
        #expect(changed { $0[32] = 0x01 } == .userVerification)
        #expect(changed { $0[32] = 0x15 } == .backupState)
        #expect(changed { $0[32] = 0x0D } == .backupState)
        #expect(changed { $0[32] = 0x45 } == .malformed)
        #expect(changed { $0[32] = 0x85 } == .malformed)
        #expect(changed { $0.append(0) } == .malformed)
        #expect(changed { $0.removeLast() } == .malformed)
        #expect(changed { $0 = [] } == .malformed)
        // What was not signed does not count, however right it looks.
        #expect(changed { $0[36] = 9 } == .signature)
    }

    @Test func `for another host, or somebody not verified, it is no passkey`() throws {
        let vectors = try Vectors("es256")
        let elsewhere = RelyingParty(id: "bolt.example", origin: Vectors.party.origin)
        #expect(throws: WebAuthnRefusal.relyingParty) { try vectors.register(for: elsewhere) }
        let other = RelyingParty(id: Vectors.party.id, origin: "https://bolt.example:8443")
        #expect(throws: WebAuthnRefusal.origin) { try vectors.register(for: other) }
    }

    @Test func `a maker's word counts where it is asked for`() throws {
        let (packed, own, none) = (try Vectors("packed"), try Vectors("self"), try Vectors("es256"))
        let attested = try Vectors("attested")
        let root = try AttestationRoot(pem: try #require(attested.root))
        func policy(_ models: Set<UUID> = [Vectors.model], _ roots: [AttestationRoot]? = nil) -> AttestationPolicy {
            .direct(models: models, roots: roots ?? [root])
        }
        #expect(try attested.register(policy()).model == Vectors.model)
        #expect(throws: WebAuthnRefusal.model) { try attested.register(policy([UUID()])) }
        #expect(throws: WebAuthnRefusal.issuer) { try attested.register(policy([Vectors.model], [])) }
        // Whoever has a key can say of themselves that they are any make.
        #expect(throws: WebAuthnRefusal.issuer) { try packed.register(policy()) }
        #expect(throws: WebAuthnRefusal.attestation) { try own.register(policy()) }
        #expect(throws: WebAuthnRefusal.attestation) { try none.register(policy()) }
        for day in [-2000.0, 20_000] {
            let then = Vectors.now + day * 86_400
            #expect(throws: WebAuthnRefusal.issuer) { try attested.register(policy(), at: then) }
        }
        #expect(throws: Never.self) { try attested.register() }
        #expect(throws: Never.self) { try own.register() }
        #expect(throws: Never.self) { try packed.register() }
        // The page's words are under the maker's signature.
        var words = attested.clientData
        words.insert(0x20, at: words.count - 1)
        #expect(throws: WebAuthnRefusal.attestation) { try Vectors.register(words, attested.attestation, policy()) }
        #expect(throws: WebAuthnRefusal.attestation) { try Vectors.register(words, attested.attestation) }
    }

    @Test func `huge and deep answers are refused before anything is built from them`() throws {
        let vectors = try Vectors("es256")
        let huge: [[UInt8]] = [
            [UInt8](repeating: 0xA1, count: RegistrationResponse.longest + 1),
            [UInt8](repeating: 0x81, count: RegistrationResponse.longest),
            [0xBB, 0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF], [0xA3], [0xA0], [],
            Array(vectors.attestation.dropLast()), vectors.attestation + [0],
        ]
        for bytes in huge {
            #expect(throws: WebAuthnRefusal.malformed) { try Vectors.register(vectors.clientData, bytes) }
        }
    }

    private func refusal(_ body: () throws -> Void) -> WebAuthnRefusal? {
        do {
            try body()
            return nil
        } catch {
            return error as? WebAuthnRefusal
        }
    }
}
