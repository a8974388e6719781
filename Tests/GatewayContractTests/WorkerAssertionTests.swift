import Crypto
import FoundationEssentials
import GatewayContract
import Kernel
import Testing

@Suite struct WorkerAssertionTests {
    let key = Curve25519.Signing.PrivateKey()
    let worker = WorkerID.new()
    let now = Date(timeIntervalSince1970: 1_795_000_000)

    var keys: [[UInt8]] { [Array(key.publicKey.rawRepresentation)] }

    func assertion(at issuedAt: Date, lifetime: Int = 60) throws -> PassedSecret {
        try WorkerAssertion(worker: worker, issuedAt: issuedAt, lifetime: lifetime, id: "0123456789abcdef")
            .signed { try Array(key.signature(for: $0)) }
    }

    func fault(_ text: PassedSecret, keys: [[UInt8]]? = nil, at now: Date? = nil) -> AssertionFault? {
        do throws(AssertionFault) {
            _ = try UncheckedAssertion(text).checked(keys: keys ?? self.keys, now: now ?? self.now)
            return nil
        } catch {
            return error
        }
    }

    @Test func `a fresh assertion says who the worker is`() throws {
        let checked = try UncheckedAssertion(try assertion(at: now)).checked(keys: keys, now: now)
        #expect(checked.worker == worker)
        #expect(checked.id == "0123456789abcdef")
        #expect(checked.expiresAt == now + 60)
    }

    @Test func `it is good for a minute and no longer`() throws {
        #expect(fault(try assertion(at: now), at: now + 60) == .over)
        #expect(fault(try assertion(at: now, lifetime: 61)) == .tooLong)
        #expect(fault(try assertion(at: now + 31)) == .notYet)
        #expect(fault(try assertion(at: now + 29)) == nil)
    }

    @Test func `another key's signature is none`() throws {
        let other = Array(Curve25519.Signing.PrivateKey().publicKey.rawRepresentation)
        #expect(fault(try assertion(at: now), keys: [other]) == .wrongSignature)
        #expect(fault(try assertion(at: now), keys: []) == .wrongSignature)
        #expect(fault(try assertion(at: now), keys: [other] + keys) == nil)
    }

    @Test(arguments: [
        #"{"alg":"none","typ":"JWT","kid":"WORKER"}"#, #"{"alg":"HS256","typ":"JWT","kid":"WORKER"}"#,
        #"{"alg":"EdDSA","typ":"JWT","kid":"WORKER","jwk":{}}"#, #"{"alg":"EdDSA","kid":"WORKER"}"#,
        #"{"alg":"EdDSA","alg":"none","typ":"JWT","kid":"WORKER"}"#,
    ])
    func `a header that offers another algorithm is refused`(header: String) throws {
        let parts = try assertion(at: now).reveal().split(separator: ".")
        let header = header.replacing("WORKER", with: worker.text)
        let body = "\(Bytes(Array(header.utf8)).base64URL).\(parts[1])"
        let signature = Bytes(Array(try key.signature(for: Array(body.utf8)))).base64URL
        #expect(fault(PassedSecret("\(body).\(signature)")) == .malformed)
    }

    @Test func `an assertion has one text form`() throws {
        let text = try assertion(at: now).reveal()
        #expect(fault(PassedSecret(text + "=")) == .malformed)
        #expect(fault(PassedSecret(text + ".")) == .malformed)
        #expect(fault(PassedSecret(" " + text)) == .malformed)
    }
}
