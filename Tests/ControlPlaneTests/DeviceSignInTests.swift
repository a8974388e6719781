import Foundation
import GatewayContract
import Kernel
import Outbound
import Postgres
import TestSupport
import Testing

@testable import ControlPlane

/// Signing in at a gateway with a browser, through a whole server: what the worker relays, and what the portal confirms.
@Suite struct DeviceSignInTests {
    @Test func `a key that waits for a sign-in is refused in words, and for another way if there is one`() async throws
    {
        let installation = try await Installation()
        let ada = try await installation.makeTenant("acme")
        let made = try await ada.call(.post, "/users", ["login": "bob", "name": "Bob"], expecting: 201)
        let bob = Person(installation: installation, slug: "acme", login: "bob")
        try await bob.comeIn(by: made["invitationUrl"])
        let line = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl bob@laptop"
        try await bob.call(.post, "/me/ssh-keys", ["name": "laptop", "publicKey": .string(line)], expecting: 201)
        let provider = try await ada.call(
            .post, "/identity-providers",
            [
                "name": "Single sign-on", "secret": "s",
                "settings": ["kind": "oidc", "issuer": "https://login.example.com", "clientId": "c"],
            ], expecting: 201)
        let superuser = try await installation.test.superuser()
        _ = try await superuser.execute(
            """
            insert into identity_links (tenant_id, identity_provider_id, user_id, subject, created_at)
            select tenant_id, \(IdentityProviderID(provider["id"])), user_id, 'bob', now() from users where login = 'bob'
            """)
        _ = try await superuser.execute("update users set password_hash = null where login = 'bob'")
        let worker = try await ContractWorker(installation, name: "shared")
        let blob = try #require(Data(base64Encoded: String(line.split(separator: " ")[1])))
        func ask() async throws -> Answer {
            try await worker.post(
                "/admissions",
                AdmissionRequest(
                    tenant: "acme", login: "bob", protocol: .ssh, clientAddress: "198.51.100.9", connection: "c1",
                    proof: .publicKey(PublicKeyProof(algorithm: "ssh-ed25519", publicKey: Bytes(Array(blob))))))
        }
        let held = try await ask()
        #expect(held["outcome"] == "refused" && held["text"].contains("once you have signed in"), "\(held.text)")
        #expect(held.json["methods"] == ["keyboard-interactive"], "\(held.text)")
        try await ada.call(
            .patch, "/identity-providers/\(provider["id"])", ["enabled": .bool(false)], version: 1, expecting: 200)
        let trail = try await ada.call(.get, "/audit-events?limit=20", expecting: 200)
        let noted = trail.items.first { $0["action"]?.text == "identity-provider.changed" }
        #expect(noted?["details"]?["keyHolders"] == 1, "\(trail.text)")
        let off = try await ask()
        #expect(off["outcome"] == "refused" && off["text"].contains("switched off"), "\(off.text)")
        #expect(off.json["methods"] == .null, "\(off.text)")
        let shown = try await bob.call(.get, "/me/ssh-keys", expecting: 200)
        #expect(shown.items.first?["hold"] == "provider-off", "\(shown.text)")
    }

    @Test func `whoever confirms in the portal is in at the gateway`() async throws {
        let installation = try await Installation()
        let ada = try await installation.makeTenant("acme")
        let worker = try await ContractWorker(installation, name: "shared")
        func ask(_ answers: [String]?, _ admission: String? = nil, connection: String = "c1") async throws -> Answer {
            var proof = AdmissionProof.none(NoProof())
            if let answers { proof = .answers(AnswersProof(answers: answers.map { PassedSecret($0) })) }
            return try await worker.post(
                "/admissions",
                AdmissionRequest(
                    tenant: "acme", login: ada.login, protocol: .ssh, clientAddress: "198.51.100.9",
                    connection: connection, proof: proof, admission: admission.flatMap { AdmissionID($0) }))
        }
        // Where nobody signs in by browser, none is offered.
        let plain = try await ask(nil)
        #expect(plain["title"].isEmpty, "\(plain.text)")
        try await ada.call(
            .post, "/identity-providers",
            [
                "name": "Single sign-on", "secret": "s",
                "settings": ["kind": "oidc", "issuer": "https://login.example.com", "clientId": "c"],
            ], expecting: 201)
        let offered = try await ask(nil)
        let admission = offered["admission"]
        #expect(offered["title"].contains("browser"), "\(offered.text)")
        // Another connection takes nothing of it over.
        #expect(try await ask(["", ""], admission, connection: "c2")["outcome"] == "refused")
        let link = try await ask(["", ""], admission)
        #expect(link["outcome"] == "challenge", "\(link.text)")
        let address = try #require(link["title"].firstMatch(of: /http:\/\/acme\.[^ \n]+\/device#([A-Za-z0-9_-]+)/))
        #expect(try await ask([""], admission)["outcome"] == "challenge")
        let token = JSON.string(String(address.output.1))
        let shown = try await ada.call(.post, "/me/device-link", ["token": token], expecting: 200)
        #expect(link["title"].contains(shown["code"]) && shown["clientAddress"] == "198.51.100.9")
        try await ada.call(.post, "/me/device-link/decision", ["token": token, "isMe": true], expecting: 204)
        let admitted = try await ask([""], admission)
        #expect(admitted["outcome"] == "admitted", "\(admitted.text)")
        #expect(try await ask([""], admission)["outcome"] == "refused")
        // A company's rule about where people come from holds for a terminal that a browser has confirmed.
        guard case .int(let version)? = try await ada.call(.get, "/sign-in-rules").json["version"] else {
            return #expect(Bool(false), "no rules")
        }
        let rule: JSON = [
            "name": "no terminals", "everyone": .bool(true), "sources": ["198.51.100.0/24"], "action": "deny",
        ]
        try await ada.call(.put, "/sign-in-rules", ["rules": [rule]], version: Int(version), expecting: 200)
        let second = try await ask(nil, connection: "c3")["admission"]
        let page = try await ask(["", ""], second, connection: "c3")["title"]
        let another = try #require(page.firstMatch(of: /\/device#([A-Za-z0-9_-]+)/))
        try await ada.call(
            .post, "/me/device-link/decision", ["token": .string(String(another.output.1)), "isMe": true],
            expecting: 204)
        let kept = try await ask([""], second, connection: "c3")
        #expect(kept["outcome"] == "refused" && kept["text"].contains("not allowed here and now"), "\(kept.text)")
        let trail = try await ada.call(.get, "/audit-events?limit=20", expecting: 200)
        let actions = trail.items.compactMap { $0["action"]?.text }
        #expect(actions.contains("sign-in.device-decided") && actions.contains("sign-in.gateway"))
        #expect(!trail.text.contains(String(address.output.1)))
    }
}
