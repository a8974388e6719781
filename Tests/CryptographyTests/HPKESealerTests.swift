import Cryptography
import Testing

@Suite struct HPKESealerTests {
    @Test func `the vector of the RFC 9180 collection opens`() throws {
        let key = try SealingPrivateKey(
            bytes: hex("497b4502664cfea5d5af0b39934dac72242a74f8480451e1aee7d6a53320333d"))
        #expect(
            key.publicKey.bytes == hex("430f4b9859665145a6b1ba274024487bd66f03a2dd577d7753c68d7d7d00c00c"))
        let sealed = hex(
            """
            6c93e09869df3402d7bf231bf540fadd35cd56be14f97178f0954db94b7fc256
            e5d84cd531cfb583096e7cfa9641bd3079cf3a91cda813c52deb5f512be9931980a41de125a925cdad859d5b7a
            """)
        let plain = try HPKESealer.open(
            sealed, with: key, info: "Ode on a Grecian Urn", associated: bytes("Count-0"))
        #expect(plain == bytes("Beauty is truth, truth beauty"))
    }

    @Test func `what is sealed opens for its purpose and its reader only`() throws {
        let key = SealingPrivateKey()
        let sealed = try HPKESealer.seal(bytes("pw"), to: key.publicKey, info: "ses_1")
        #expect(try HPKESealer.open(sealed, with: key, info: "ses_1") == bytes("pw"))
        #expect(throws: SealError.opening) { try HPKESealer.open(sealed, with: key, info: "ses_2") }
        #expect(throws: SealError.opening) {
            try HPKESealer.open(sealed, with: key, info: "ses_1", associated: [0])
        }
        #expect(throws: SealError.opening) {
            try HPKESealer.open(sealed, with: SealingPrivateKey(), info: "ses_1")
        }
        for index in sealed.indices where index != 31 {
            var changed = sealed
            changed[index] ^= 1
            #expect(throws: SealError.opening) { try HPKESealer.open(changed, with: key, info: "ses_1") }
        }
    }

    @Test func `a message that is too short is refused`() {
        #expect(throws: SealError.opening) {
            try HPKESealer.open([UInt8](repeating: 0, count: 47), with: SealingPrivateKey(), info: "")
        }
    }

    @Test func `a public key survives its text form`() throws {
        let key = SealingPrivateKey().publicKey
        #expect(SealingPublicKey(key.text)?.bytes == key.bytes)
        #expect(SealingPublicKey("AAAA") == nil)
    }
}
