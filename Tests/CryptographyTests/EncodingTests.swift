import Cryptography
import Testing

@Suite struct EncodingTests {
    @Test(arguments: [
        ("", ""), ("f", "MY======"), ("fo", "MZXQ===="), ("foo", "MZXW6==="), ("foob", "MZXW6YQ="),
        ("fooba", "MZXW6YTB"), ("foobar", "MZXW6YTBOI======"),
    ])
    func `base 32 gives the vectors of RFC 4648`(plain: String, coded: String) {
        #expect(Base32RFC4648.encode(bytes(plain), padding: true) == coded)
        #expect(Base32RFC4648.decode(coded) == bytes(plain))
        let bare = String(coded.prefix { $0 != "=" })
        #expect(Base32RFC4648.encode(bytes(plain)) == bare)
        #expect(Base32RFC4648.decode(bare.lowercased()) == bytes(plain))
    }

    @Test(arguments: [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
        ("foobar", "Zm9vYmFy"),
    ])
    func `base 64 gives the vectors of RFC 4648`(plain: String, coded: String) {
        #expect(Base64.encode(bytes(plain)) == coded)
        #expect(Base64.decode(coded) == bytes(plain))
        #expect(Base64URL.encode(bytes(plain)) == String(coded.prefix { $0 != "=" }))
    }

    @Test func `people may type a base 32 secret in groups`() {
        #expect(Base32RFC4648.decode("mzxw 6ytb-oi") == bytes("foobar"))
    }

    @Test(arguments: ["M", "MZX", "MZXW6Y", "MZXW6YQ1", "MZ======A", "MZXR====", "MY=", "========"])
    func `bad base 32 is refused`(text: String) {
        #expect(Base32RFC4648.decode(text) == nil)
    }

    @Test(arguments: ["Zg==", "Zh", "Zm+v", "Zm 9v", "Zm9v\n", "Zm9vYh", "Z"])
    func `base64url has one text for given bytes`(text: String) {
        #expect(Base64URL.decode(text) == nil)
    }

    @Test func `every length of random bytes survives all codes`() {
        for length in 0..<70 {
            let plain = SecureRandom.bytes(length)
            #expect(plain.count == length)
            #expect(Base64URL.decode(Base64URL.encode(plain)) == plain)
            #expect(Base64.decode(Base64.encode(plain)) == plain)
            #expect(Base32RFC4648.decode(Base32RFC4648.encode(plain)) == plain)
        }
    }
}
