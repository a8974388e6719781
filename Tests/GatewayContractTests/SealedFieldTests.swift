import Crypto
import GatewayContract
import Kernel
import Testing

@Suite struct SealedFieldTests {
    let key = Curve25519.KeyAgreement.PrivateKey()
    let session = SessionID.new()
    var publicKey: [UInt8] { Array(key.publicKey.rawRepresentation) }
    var privateKey: [UInt8] { Array(key.rawRepresentation) }

    @Test func `what was sealed for a session is read by the worker's key`() throws {
        let sealed = try SealedField.secret.seal(Array("s3cret".utf8), to: publicKey, session: session)
        #expect(try SealedField.secret.open(sealed, with: privateKey, session: session) == Array("s3cret".utf8))
    }

    @Test func `it cannot be moved to another session`() throws {
        let sealed = try SealedField.secret.seal([1, 2, 3], to: publicKey, session: session)
        #expect(throws: (any Error).self) {
            try SealedField.secret.open(sealed, with: privateKey, session: .new())
        }
    }

    @Test func `a secret cannot be passed off as a recording key`() throws {
        let sealed = try SealedField.secret.seal([1, 2, 3], to: publicKey, session: session)
        #expect(throws: (any Error).self) {
            try SealedField.recordingKey.open(sealed, with: privateKey, session: session)
        }
    }

    @Test func `another worker's key opens nothing`() throws {
        let sealed = try SealedField.secret.seal([1, 2, 3], to: publicKey, session: session)
        let other = Array(Curve25519.KeyAgreement.PrivateKey().rawRepresentation)
        #expect(throws: (any Error).self) { try SealedField.secret.open(sealed, with: other, session: session) }
    }

    @Test(arguments: [0, 1, 31, 32, 40])
    func `what is too short to be sealed is refused`(count: Int) {
        #expect(throws: (any Error).self) {
            try SealedField.secret.open(
                Bytes(Array(repeating: 0, count: count)), with: privateKey, session: session)
        }
    }
}
