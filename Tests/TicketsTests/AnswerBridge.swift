import Cryptography
import Foundation
import HTTPAPI
import Kernel
import Messaging
import Postgres
import Stage
import Tenancy
import Testing

@testable import Tickets

/// A receiver that got the message and answers, the way a customer's bridge to a messenger would.
struct AnswerBridge {
    let desk: Desk
    let secret: WebhookSecret
    let webhook: WebhookID

    init() async throws {
        desk = try await Desk()
        let created = try await desk.messaging.create(
            CreateWebhook.schema.parse(["name": "bridge", "url": "https://hooks.example/x"]),
            at: desk.stage.now, audit: .discarding, in: desk.scope)
        secret = try #require(WebhookSecret(created.secret))
        webhook = created.webhook.id
        try await desk.makeFlow(webhook: webhook)
    }

    /// The tokens in the newest message, by the login of who may use them.
    func tokens() async throws -> [String: String] {
        let rows = try await desk.stage.database.query(
            "select delivery_id, sealed_private from webhook_deliveries order by created_at desc, delivery_id desc",
            in: desk.scope
        ) { (try $0.next(DeliveryID.self), try $0.next([UInt8].self)) }
        let (id, sealed) = try #require(rows.first)
        let bytes = try await desk.stage.keys.open(
            sealed, table: "webhook_deliveries", row: id.text, version: 1, in: desk.scope)
        guard case .array(let people)? = try JSONParser.parse(bytes)["approvers"] else { return [:] }
        return Dictionary(
            uniqueKeysWithValues: people.map {
                ($0["login"]?.text ?? "", String($0["answer"]?.text?.split(separator: "/").last ?? ""))
            })
    }

    func token(of login: String) async throws -> String { try #require(try await tokens()[login]) }

    /// The newest message as its log shows it.
    func message() async throws -> JSON {
        let found = try await desk.stage.database.query(
            "select body from webhook_deliveries order by created_at desc, delivery_id desc limit 1", in: desk.scope
        ) { try $0.next(JSON.self) }
        return try #require(found.first)
    }

    /// Sends an answer as it was signed.
    func answer(_ token: String, _ body: String, signed signature: String, id: String, at: Int) async throws -> Answer {
        try await desk.stage.call(
            desk.endpoints, "decision-links.answer", [token], raw: Array(body.utf8),
            headers: ["webhook-id": id, "webhook-timestamp": String(at), "webhook-signature": signature],
            in: desk.scope)
    }

    func answer(
        _ token: String, _ outcome: String = "approved", saying comment: String = "from chat",
        with secret: WebhookSecret? = nil, late: TimeInterval = 0,
        signed: JSON? = nil, in scope: TenantScope? = nil
    ) async throws -> Answer {
        let body: JSON = ["comment": .string(comment), "outcome": .string(outcome)]
        let at = desk.stage.now.addingTimeInterval(-late)
        let signature = (secret ?? self.secret).signature(
            id: "msg_1", timestamp: at, body: try CanonicalJSON.bytes(signed ?? body))
        return try await desk.stage.call(
            desk.endpoints, "decision-links.answer", [token], body: body,
            headers: [
                "webhook-id": "msg_1", "webhook-timestamp": String(Int(at.timeIntervalSince1970)),
                "webhook-signature": signature,
            ], in: scope ?? desk.scope)
    }
}
