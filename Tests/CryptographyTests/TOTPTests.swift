import Cryptography
import FoundationEssentials
import Testing

@Suite struct TOTPTests {
    private let secret = bytes("12345678901234567890")

    @Test(arguments: [
        (59.0, "94287082", "46119246", "90693936"), (1_111_111_109, "07081804", "68084774", "25091201"),
        (1_111_111_111, "14050471", "67062674", "99943326"), (1_234_567_890, "89005924", "91819424", "93441116"),
        (2_000_000_000, "69279037", "90698825", "38618901"), (20_000_000_000, "65353130", "77737706", "47863826"),
    ])
    func `codes are those of RFC 6238`(time: Double, sha1: String, sha256: String, sha512: String) {
        let now = Date(timeIntervalSince1970: time)
        let digits = bytes("1234567890")
        func seed(_ count: Int) -> [UInt8] { (0..<count).map { digits[$0 % 10] } }
        #expect(TOTP(algorithm: .sha1, digits: 8).code(secret: seed(20), at: now) == sha1)
        #expect(TOTP(algorithm: .sha256, digits: 8).code(secret: seed(32), at: now) == sha256)
        #expect(TOTP(algorithm: .sha512, digits: 8).code(secret: seed(64), at: now) == sha512)
        #expect(TOTP.code(secret: seed(20), at: now) == sha1.suffix(6))
    }

    @Test(arguments: [(-3, false), (-2, true), (-1, true), (0, true), (1, true), (2, true), (3, false)])
    func `a code is good for two steps before and after`(step: Int, good: Bool) {
        let now = Date(timeIntervalSince1970: 1_111_111_111)
        let code = TOTP.code(secret: secret, at: now + Double(step * 30))
        let matched = TOTP.verify(code: code, secret: secret, at: now, lastStep: nil)
        #expect(matched == (good ? 37_037_037 + step : nil))
    }

    @Test func `no code works twice, nor an earlier one after a later one`() throws {
        let now = Date(timeIntervalSince1970: 1_111_111_111)
        let code = TOTP.code(secret: secret, at: now)
        let step = try #require(TOTP.verify(code: code, secret: secret, at: now, lastStep: nil))
        #expect(TOTP.verify(code: code, secret: secret, at: now, lastStep: step) == nil)
        let earlier = TOTP.code(secret: secret, at: now - 30)
        #expect(TOTP.verify(code: earlier, secret: secret, at: now, lastStep: step) == nil)
        let later = TOTP.code(secret: secret, at: now + 30)
        #expect(TOTP.verify(code: later, secret: secret, at: now, lastStep: step) == step + 1)
    }

    @Test(arguments: ["", "12345", "1234567", "٠١٢٣٤٥", "050 471"])
    func `what is no code matches nothing`(code: String) {
        let now = Date(timeIntervalSince1970: 1_111_111_111)
        #expect(TOTP.verify(code: code, secret: secret, at: now, lastStep: nil) == nil)
    }

    @Test func `the QR code escapes names`() {
        let uri = TOTP.uri(issuer: "Acme & Söhne", account: "ada@acme.example", secret: secret)
        let issuer = "Acme%20%26%20S%C3%B6hne"
        #expect(
            uri == "otpauth://totp/\(issuer):ada%40acme.example?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
                + "&issuer=\(issuer)&algorithm=SHA1&digits=6&period=30")
    }
}
