import Crypto
import Cryptography
import Foundation
import HTTPTypes
import Kernel
import Logging
import Outbound
import TestSupport
import Testing

@testable import ControlPlane

/// Cards through a whole server: a request reaches an approver at a messenger, and a click there gives access.
@Suite(.enabled(if: StandInVendors.isThere), .timeLimit(.minutes(5))) struct CardTests {
    private let room = "whole-" + Hex.encode(SecureRandom.bytes(6))

    private func join(_ login: String, _ ada: Person) async throws -> (person: Person, id: String) {
        let made = try await ada.call(
            .post, "/users",
            ["login": .string(login), "name": .string(login), "email": .string("\(login)@example.org")],
            expecting: 201)
        let person = Person(installation: ada.installation, slug: ada.slug, login: login)
        try await person.comeIn(by: made["invitationUrl"])
        return (person, made["id"])
    }

    private func vendor(_ vendors: StandInVendors) async throws -> [JSON] {
        let client = HTTPClient(
            configuration: HTTPClientConfiguration(egress: .open), logger: Logger(label: "test"))
        let response = try await client.send(OutboundRequest(.get, OutboundURL(vendors.url(in: room) + "/control")))
        await client.stop()
        if case .array(let all)? = try JSONParser.parse(response.body)["messages"] { return all }
        return []
    }

    /// The text between two others.
    private func between(_ start: String, _ end: String, in text: String) -> String? {
        guard let from = text.range(of: start), let to = text.range(of: end, range: from.upperBound..<text.endIndex)
        else { return nil }
        return String(text[from.upperBound..<to.lowerBound])
    }

    private func click(_ user: String, _ choice: String, _ reference: String, secret: String) -> (
        body: [UInt8], headers: [String: String]
    ) {
        let payload: JSON = [
            "type": "block_actions", "user": ["id": .string(user), "team_id": "T1"], "api_app_id": "A1",
            "team": ["id": "T1"],
            "container": ["type": "message", "message_ts": "1700000000.000001", "channel_id": "D1"],
            "trigger_id": "trigger.1",
            "actions": [
                [
                    "action_id": .string(choice), "block_id": "decision", "type": "button", "value": .string(reference),
                    "action_ts": .string(UUID().uuidString),
                ]
            ],
        ]
        let encoded = payload.bytes.map { "%" + Hex.encode([$0]) }.joined()
        let body = Array("payload=\(encoded)".utf8)
        let stamp = String(Int(Date().timeIntervalSince1970))
        let code = HMAC<SHA256>.authenticationCode(
            for: Array("v0:\(stamp):".utf8) + body, using: SymmetricKey(data: Array(secret.utf8)))
        return (
            body,
            [
                "Content-Type": "application/x-www-form-urlencoded", "X-Slack-Request-Timestamp": stamp,
                "X-Slack-Signature": "v0=" + Hex.encode(Array(code)),
            ]
        )
    }

    @Test func `a click of who is asked gives access, and nobody else's does`() async throws {
        let vendors = try await StandInVendors.shared.value
        let installation = try await Installation()
        let ada = try await installation.makeTenant("acme")
        let (bob, carol) = (try await join("bob", ada), try await join("carol", ada))
        try await ada.call(
            .put, "/egress-allowances", ["items": [["host": "127.0.0.1", "port": .int(Int64(vendors.port))]]],
            expecting: 200)
        let secret = "signing-secret-\(Hex.encode(SecureRandom.bytes(16)))"
        let channel = try await ada.call(
            .post, "/messenger-channels",
            [
                "name": "Team", "people": "email",
                "settings": [
                    "vendor": "slack", "appId": "A1", "teamId": "T1", "apiUrl": .string(vendors.url(in: room)),
                ],
                "secrets": [
                    ["name": "botToken", "value": "xoxb-the-token"],
                    ["name": "signingSecret", "value": .string(secret)],
                ],
            ], expecting: 201)
        let shown = try await ada.call(.post, "/messenger-channels/\(channel["id"])/callback", expecting: 200)
        let path = "/api/v1/messenger-callbacks/" + (shown["url"].split(separator: "/").last ?? "")
        let asset = try await ada.call(
            .post, "/assets", ["name": "web-1", "address": "web-1.example"], expecting: 201)
        _ = try await ada.call(
            .post, "/accounts",
            ["asset": .string(asset["id"]), "name": "root", "kind": "password", "secret": "a secret of no use"],
            expecting: 201)
        try await ada.call(
            .post, "/flows",
            ["name": "Standard", "levels": [["name": "Lead", "approvers": [["user": .string(bob.id)]]]]],
            expecting: 201)
        let ticket = try await ada.call(
            .post, "/tickets",
            ["reason": "Disk is full", "assets": [.string(asset["id"])], "accounts": ["root"]], expecting: 201)
        var card = ""
        try await eventually("a card is sent", within: .seconds(20)) {
            let all = try await vendor(vendors)
            card = all.first.map { String(decoding: $0.bytes, as: UTF8.self) } ?? ""
            return all.count == 1
        }
        #expect(card.contains("\"to\":\"UBOB\"") && card.contains("web-1") && card.contains("Disk is full"))
        let reference = try #require(between("\"value\":\"", "\"", in: card))

        // Carol's account is nobody's here, as far as the channel knows; a forged click is none.
        for (user, key) in [("UCAROL", secret), ("UBOB", "another secret")] {
            let forged = click(user, "approve", reference, secret: key)
            let answer = try await installation.call(
                .post, path, on: "acme", headers: forged.headers, raw: forged.body)
            #expect(answer.status == (key == secret ? 200 : 403))
        }
        #expect(try await ada.call(.get, "/tickets/\(ticket["id"])", expecting: 200)["state"] == "open")

        let real = click("UBOB", "approve", reference, secret: secret)
        for _ in 0..<2 {
            let answer = try await installation.call(.post, path, on: "acme", headers: real.headers, raw: real.body)
            #expect(answer.status == 200 && answer.text.isEmpty)
        }
        let decided = try await ada.call(.get, "/tickets/\(ticket["id"])", expecting: 200)
        let trail = try await ada.call(.get, "/audit-events", expecting: 200).items.prefix(4)
        #expect(decided["state"] == "approved", "\(trail)")
        #expect(decided.text.contains("\"channel\":\"slack\""))
        #expect(try await ada.call(.get, "/grants", expecting: 200).items.count == 1)
        try await eventually("the card shows it", within: .seconds(20)) {
            let text = String(decoding: try await vendor(vendors).first?.bytes ?? [], as: UTF8.self)
            return text.contains("approved by bob") && !text.contains("\"approve\"")
        }
        // An address that nobody has been given leaves no line, however often it is tried.
        let nowhere = "/api/v1/messenger-callbacks/" + String(repeating: "a", count: 43)
        let missed = try await installation.call(.post, nowhere, on: "acme", headers: real.headers, raw: real.body)
        #expect(missed.status == 404)
        let lines = try await ada.call(
            .get, "/audit-events?filter=action%20eq%20%22ticket.decided%22", expecting: 200
        ).items
        let actors = lines.filter { $0["outcome"]?.text == "success" }.map { $0["actor"]?["id"]?.text ?? "" }
        #expect(actors == [bob.id])
        #expect(lines.count { $0["outcome"]?.text == "refused" } == 2)
        _ = carol
    }
}
