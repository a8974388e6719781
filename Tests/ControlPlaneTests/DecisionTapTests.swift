import Cryptography
import Foundation
import HTTPAPI
import Kernel
import Outbound
import Postgres
import TestSupport
import Testing

@testable import ControlPlane

/// A level that takes a passkey, on a whole server and with an authenticator that has nothing of ours.
@Suite(.timeLimit(.minutes(5)), .enabled(if: PasskeyAuthenticator.isThere, "needs fido2 (GATEHOUSE_TEST_PYTHON)"))
struct DecisionTapTests {
    @Test func `what an approver taps for is what is approved, and what was signed is kept`() async throws {
        let installation = try await Installation()
        let ada = try await installation.makeTenant("acme")
        let made = try await ada.call(.post, "/users", ["login": "bob", "name": "Bob"], expecting: 201)
        let bob = Person(installation: installation, slug: "acme", login: "bob")
        try await bob.comeIn(by: made["invitationUrl"])
        let origin = String(made["invitationUrl"].split(separator: "/invitation").first ?? "")
        let me = try await ada.call(.get, "/me").json["user"]?["id"]?.text ?? ""
        try await ada.call(
            .post, "/flows",
            [
                "name": "Tap",
                "levels": [["name": "Lead", "approvers": [["user": .string(me)]], "needsPasskey": true]],
            ], expecting: 201)
        let asset = try await ada.call(
            .post, "/assets", ["name": "web-1", "address": "web-1.example"], expecting: 201)
        let ticket = try await bob.call(
            .post, "/tickets",
            ["reason": "Disk is full", "assets": [.string(asset["id"])], "accounts": ["root"]], expecting: 201)
        let path = "/tickets/\(ticket["id"])"
        let digest: JSON = ["digest": .string(ticket["digest"])]
        // Without a passkey nothing can be asked.
        #expect(try await ada.call(.post, path + "/decision-challenge", digest).status == 403)
        let authenticator = try await PasskeyAuthenticator()
        let options = try await ada.call(.post, "/me/passkeys/options", expecting: 200)
        let key = try await authenticator.create(options.json, at: origin)
        try await ada.call(
            .post, "/me/passkeys", ["name": "Key", "credential": key.credential], expecting: 201)
        func decide(_ credential: JSON) async throws -> Answer {
            try await ada.call(
                .post, path + "/decision", digest.merging(["outcome": "approved", "passkey": credential]))
        }
        func tap(count: Int, at origin: String, _ wrong: JSON = [:]) async throws -> JSON {
            let question = try await ada.call(.post, path + "/decision-challenge", digest, expecting: 200)
            return try await authenticator.get(
                question.json["options"] ?? .null, at: origin, key: key.key,
                (["count": .int(Int64(count))] as JSON).merging(wrong))
        }
        let plain = try await ada.call(.post, path + "/decision", digest.merging(["outcome": "approved"]))
        #expect(plain["type"] == "urn:gatehouse:problem:ticket-needs-passkey")
        // The tap of another page, and one that only looks like one.
        let elsewhere = try await decide(try await tap(count: 1, at: "https://evil.example"))
        #expect(elsewhere["type"] == "urn:gatehouse:problem:ticket-needs-passkey")
        var forged = try await tap(count: 2, at: origin)
        forged = forged.merging(["signature": .string(Base64URL.encode([UInt8](repeating: 7, count: 70)))])
        #expect(try await decide(forged)["type"] == "urn:gatehouse:problem:ticket-needs-passkey")
        // A tap for something else: the step-up's.
        let stepUp = try await ada.call(.post, "/me/step-up/passkey/options", expecting: 200)
        let other = try await authenticator.get(stepUp.json, at: origin, key: key.key, ["count": 3])
        #expect(try await decide(other)["type"] == "urn:gatehouse:problem:ticket-needs-passkey")
        let right = try await tap(count: 4, at: origin)
        let done = try await decide(right)
        #expect(done.status == 200 && done["state"] == "approved", "\(done.text)")
        #expect(try await decide(right)["type"] == "urn:gatehouse:problem:ticket-needs-passkey")
        let kept = try await installation.test.superuser().query(
            "select proof from ticket_decisions where proof is not null"
        ) { try $0.next(JSON.self) }
        let proof = try #require(kept.first)
        // Anybody can compute what was signed from what is kept.
        let document: JSON = [
            "purpose": "gatehouse.decision", "ticket": .string(ticket["id"]), "level": 1, "user": .string(me),
            "digest": .string(ticket["digest"]), "result": .string(ticket["digest"]), "nonce": proof["nonce"] ?? .null,
        ]
        let data = try JSONParser.parse(Base64URL.decode(proof["clientDataJSON"]?.text ?? "") ?? [])
        #expect(data["challenge"]?.text == Base64URL.encode(Hash256.of(try CanonicalJSON.bytes(document)).bytes))
        #expect(proof["signature"] == right["signature"] && proof["publicKey"]?.text?.isEmpty == false)
    }
}
