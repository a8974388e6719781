import Testing

@testable import WebAuthn

/// Many wrong answers, the same ones in every run.
@Suite struct MutationTests {
    @Test(arguments: ["es256", "edDSA", "rs256"])
    func `no changed assertion is ever accepted`(_ name: String) throws {
        let vectors = try Vectors(name)
        let key = try vectors.register().key
        var random = Seeded(20_261_128)
        for _ in 0..<3000 {
            var (clientData, data, signature) = (
                vectors.assertion.clientData, vectors.assertion.data, vectors.assertion.signature
            )
            switch Int.random(in: 0..<3, using: &random) {
            case 0: clientData = random.mutated(clientData)
            case 1: data = random.mutated(data)
            default: signature = random.mutated(signature)
            }
            let isSame =
                clientData == vectors.assertion.clientData && data == vectors.assertion.data
                && signature == vectors.assertion.signature
            if isSame { continue }
            #expect(throws: WebAuthnRefusal.self) {
                try vectors.use(key: key, clientData: clientData, data: data, signature: signature)
            }
        }
    }

    @Test func `what vouches for a make cannot be changed`() throws {
        let vectors = try Vectors("attested")
        let root = try AttestationRoot(pem: try #require(vectors.root))
        let policy = AttestationPolicy.direct(models: [Vectors.model], roots: [root])
        let original = try vectors.register(policy)
        var random = Seeded(45_724)
        for _ in 0..<3000 {
            let attestation = random.mutated(vectors.attestation)
            guard let passkey = try? Vectors.register(vectors.clientData, attestation, policy) else { continue }
            #expect(passkey == original)
        }
    }

    @Test(arguments: ["es256", "edDSA", "rs256", "self", "packed"])
    func `a changed registration is refused, or is one that could have been made`(_ name: String) throws {
        let vectors = try Vectors(name)
        var random = Seeded(5_318_008)
        for _ in 0..<3000 {
            let attestation = random.mutated(vectors.attestation)
            guard let passkey = try? Vectors.register(vectors.clientData, attestation) else { continue }
            #expect(1...AuthenticatorData.longestID ~= passkey.id.count)
            #expect(throws: Never.self) { try passkey.key.with { _ in } }
            // Under a signature of the key or the maker, nothing that was signed can have changed.
            if name == "packed" {
                let original = try vectors.register()
                #expect(passkey.id == original.id && passkey.key == original.key && passkey.model == original.model)
            }
        }
    }
}
