import Cryptography
import FoundationEssentials
import Testing

@Suite struct StandardWebhookTests {
    private let secret = WebhookSecret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    private let id = "msg_p5jXN8AQM9LWM0D4loKWxJek"
    private let body = bytes(#"{"test": 2432232314}"#)
    private let signature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    private let sent = Date(timeIntervalSince1970: 1_614_265_330)

    private func verify(
        id: String? = nil, timestamp: String = "1614265330", signatures: String? = nil, body: [UInt8]? = nil,
        late: Double = 0
    ) throws {
        let verifier = WebhookVerifier(secrets: [WebhookSecret(), try #require(secret)])
        try verifier.verify(
            id: id ?? self.id, timestamp: timestamp, signatures: signatures ?? signature, body: body ?? self.body,
            now: sent + late)
    }

    @Test func `the published signature comes out and is accepted`() throws {
        #expect(try #require(secret).signature(id: id, timestamp: sent, body: body) == signature)
        try verify()
        try verify(signatures: "v1a,AAAA v1,AAAA \(signature)")
        try verify(late: 300)
        try verify(late: -300)
    }

    @Test func `what was changed or signed otherwise is forged`() {
        #expect(throws: WebhookVerifier.Failure.forged) { try verify(id: "msg_other") }
        #expect(throws: WebhookVerifier.Failure.forged) { try verify(timestamp: "1614265331") }
        #expect(throws: WebhookVerifier.Failure.forged) { try verify(body: bytes(#"{"test":2432232314}"#)) }
        for signatures in ["", "v2,\(signature.dropFirst(3))", "v1,!!!", String(signature.dropFirst(3))] {
            #expect(throws: WebhookVerifier.Failure.forged) { try verify(signatures: signatures) }
        }
    }

    @Test(arguments: [301.0, -301])
    func `old and future messages are stale`(late: Double) {
        #expect(throws: WebhookVerifier.Failure.stale) { try verify(late: late) }
    }

    @Test(arguments: ["", "x", "-1", "+1614265330", "01614265330", "1614265330.0", "99999999999999999999"])
    func `a timestamp that is none is malformed`(timestamp: String) {
        #expect(throws: WebhookVerifier.Failure.malformed) { try verify(timestamp: timestamp) }
    }

    @Test func `an id with a dot could move bytes between the parts, and is malformed`() {
        #expect(throws: WebhookVerifier.Failure.malformed) { try verify(id: "msg.1") }
    }

    @Test(arguments: ["MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_", "whsec_AAAA", "whsec_!"])
    func `a secret without its form is refused`(text: String) {
        #expect(WebhookSecret(text) == nil)
    }

    @Test func `a fresh secret survives its text form`() throws {
        let fresh = WebhookSecret()
        let again = try #require(WebhookSecret(fresh.reveal()))
        #expect(
            again.signature(id: id, timestamp: sent, body: body) == fresh.signature(id: id, timestamp: sent, body: body)
        )
    }
}
