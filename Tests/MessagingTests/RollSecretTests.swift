import Cryptography
import Foundation
import HTTPAPI
import Kernel
import Postgres
import Stage
import Tenancy
import TestSupport
import Testing

@testable import Messaging

@Suite struct RollSecretTests {
    /// By the reference implementation, where there is one.
    private func isBelieved(_ request: JSON?) -> Bool {
        let isGiven = ProcessInfo.processInfo.environment["GATEHOUSE_TEST_PYTHON"] != nil
        return request?["byLibrary"] == true || !isGiven && request?["byLibrary"] == .null
    }

    @Test func `the old secret signs beside the new one until its time is over`() async throws {
        let post = try await Post()
        let (id, old) = try await post.receiver()
        let rolled = try await post.call("webhooks.roll-secret", [id.text], [:])
        let fresh = rolled["secret"]
        #expect(rolled.status == 200 && fresh.hasPrefix("whsec_"))
        let shown = try await post.messaging.find(id, in: post.scope)
        #expect(shown.oldSecretUntil == post.stage.now.addingTimeInterval(86_400) && shown.version == 3)
        let new = try await Receiver(secret: fresh, statuses: "204", location: nil)
        try await post.allow([("127.0.0.1", old.port), ("127.0.0.1", new.port)])

        // Whoever has either secret takes it.
        try await post.attempt(post.send(to: id))
        #expect(old.requests.last?["byHand"] == true && isBelieved(old.requests.last))
        #expect(old.requests.last?["signatures"] == 2)
        try await post.point(id, at: "http://127.0.0.1:\(new.port)/")
        try await post.attempt(post.send(to: id))
        #expect(new.requests.last?["byHand"] == true && isBelieved(new.requests.last))

        post.stage.wait(86_401)
        try await post.attempt(post.send(to: id))
        #expect(new.requests.last?["byHand"] == true && new.requests.last?["signatures"] == 1)
        try await post.point(id, at: "http://127.0.0.1:\(old.port)/")
        try await post.attempt(post.send(to: id))
        #expect(old.requests.last?["byHand"] == false)

        try await post.messaging.sweep(at: post.stage.now)
        #expect(
            try await post.stage.count(
                "select count(*) from webhooks where old_sealed_secret is not null or old_tenant_key_id is not null",
                in: post.scope) == 0)
    }

    @Test func `without an overlap the old secret is over at once, and a second one ends the first`() async throws {
        let post = try await Post()
        let (id, old) = try await post.receiver()
        _ = try await post.call("webhooks.roll-secret", [id.text], ["overlapHours": 48])
        _ = try await post.call("webhooks.roll-secret", [id.text], ["overlapHours": 48])
        try await post.attempt(post.send(to: id))
        #expect(old.requests.last?["byHand"] == false && old.requests.last?["signatures"] == 2)
        _ = try await post.call("webhooks.roll-secret", [id.text], ["overlapHours": 0])
        try await post.attempt(post.send(to: id))
        #expect(old.requests.last?["signatures"] == 1)
        for hours in [-1, 169] {
            let answer = try await post.call("webhooks.roll-secret", [id.text], ["overlapHours": .int(Int64(hours))])
            #expect(answer.status == 422)
        }
        let theirs = try await post.stage.makeTenant("bolt")
        #expect(try await post.call("webhooks.roll-secret", [id.text], [:], in: theirs).status == 404)
    }

    @Test func `neither secret lies in clear, and both go under a new key`() async throws {
        let post = try await Post()
        let (id, first) = try await post.hook()
        let second = try await post.call("webhooks.roll-secret", [id.text], [:])["secret"]
        let dump = try await post.stage.dump()
        for secret in [first, second] {
            #expect(!dump.contains(secret.dropFirst(6)))
            #expect(!dump.contains(Hex.encode(Array(secret.utf8))))
        }
        let key = try await post.stage.tenancy.rotateKey(at: post.stage.now, in: post.scope)
        let rewrap = RewrapSecrets(
            keys: post.stage.keys, features: [WebhooksRewrapping(database: post.stage.database)])
        try await rewrap(in: post.scope, at: post.stage.now)
        let keys = try await post.stage.database.query(
            "select tenant_key_id, old_tenant_key_id from webhooks", in: post.scope
        ) { [try $0.next(TenantKeyID.self), try $0.next(TenantKeyID.self)] }
        #expect(keys == [[key, key]])
        let desk = try await post.messaging.desk(in: post.scope)
        for secret in [first, second] {
            let signed = try #require(WebhookSecret(secret))
            let now = post.stage.now
            let answer = SignedAnswer(
                id: "msg", timestamp: String(Int(now.timeIntervalSince1970)),
                signature: signed.signature(id: "msg", timestamp: now, body: [1]), body: [1])
            let isTaken = try await post.stage.database.transaction(in: post.scope) {
                try await desk.verify(answer, of: id, at: now, $0)
            }
            #expect(isTaken)
        }
    }

    @Test func `what shows or moves a secret, or opens the inside, asks for a second factor again`() {
        let operations = WebhookRoutes.group.operations
        for name in ["webhooks.create", "webhooks.change", "webhooks.roll-secret", "webhooks.allow"] {
            #expect(operations.first { $0.name == name }?.stepUp == .recent, "\(name)")
        }
    }
}
