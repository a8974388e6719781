import Cryptography
import Testing

@Suite struct SigningKeyTests {
    @Test func `signatures are those of RFC 8032`() throws {
        let seed = hex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
        let key = try SigningKey(seed: seed)
        #expect(key.verifyingKey.bytes == hex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"))
        #expect(key.reveal().reveal() == seed)
        let signature = hex(
            """
            e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595
            bbe24655141438e7a100b
            """)
        #expect(key.verifyingKey.isValid(signature, for: []))
        #expect(!key.verifyingKey.isValid(signature, for: [0]))
        #expect(try key.verifyingKey.isValid(key.sign(bytes("x")), for: bytes("x")))
    }

    @Test func `a signature with S beyond the group order is refused`() throws {
        let key = SigningKey()
        let signature = try key.sign(bytes("x"))
        // S + L is the same number modulo L; taking both would make signatures malleable.
        let order = hex("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010")
        var carry = 0
        let larger: [UInt8] = zip(signature[32...], order).map { one, other in
            let sum = Int(one) + Int(other) + carry
            carry = sum >> 8
            return UInt8(truncatingIfNeeded: sum)
        }
        #expect(!key.verifyingKey.isValid(signature.prefix(32) + larger, for: bytes("x")))
    }

    @Test func `a public key is read in the forms that people have`() throws {
        let key = try SigningKey(seed: (0..<32).map { UInt8($0) }).verifyingKey
        #expect(VerifyingKey(key.text) == key)
        #expect(VerifyingKey("A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=\n") == key)
        let pem = """
            -----BEGIN PUBLIC KEY-----
            MCowBQYDK2VwAyEAA6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=
            -----END PUBLIC KEY-----

            """
        #expect(VerifyingKey(pem) == key)
        for text in ["", "AAAA", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----", "a b"] {
            #expect(VerifyingKey(text) == nil)
        }
    }

    @Test func `an evidence key is named after itself`() {
        let key = SigningKey()
        #expect(EvidenceSigner(key: key).id == EvidenceSigner.id(of: key.verifyingKey))
        #expect(EvidenceSigner(key: key).id != EvidenceSigner(key: SigningKey()).id)
    }
}
