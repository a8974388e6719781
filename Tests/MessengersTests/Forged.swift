import Cryptography
import Foundation
import HTTPAPI
import HTTPTypes
import Kernel
import Logging
import Outbound
import Postgres
import Stage
import Synchronization
import Tenancy
import TestSupport
import Testing

@testable import Messengers

/// What makes a click, and what of it can be made up.
struct Forged {
    var at: Date
    var encryptKey = "encrypt key"
    var verificationToken = "vtoken"
    var signingSecret = "signing secret"
    var company = Team.company
    var team = "T1"
    var userTeam: String?
    var app: String?
    var isSigned = true
    var signature: String?
    var spoil = false

    init(now: Date) { at = now }

    private var stamp: String { String(Int(at.timeIntervalSince1970)) }

    func feishu(_ user: String, _ choice: String, _ reference: String, _ event: String, _ comment: String)
        -> RawCallback
    {
        feishu(document(user, choice, reference, event, comment))
    }

    /// What Feishu tells of a click, whichever way.
    func document(_ user: String, _ choice: String, _ reference: String, _ event: String, _ comment: String) -> JSON {
        [
            "schema": "2.0",
            "header": [
                "event_id": .string(event), "event_type": "card.action.trigger", "token": .string(verificationToken),
                "create_time": .string(stamp + "000"), "tenant_key": .string(company),
                "app_id": .string(app ?? "cli_app"),
            ],
            "event": [
                "operator": [
                    "tenant_key": .string(userTeam ?? company), "open_id": .string("ou_\(user)"),
                    "union_id": .string("on_\(user)"),
                ],
                "token": "c-1",
                "action": [
                    "value": ["v": 1, "ref": .string(reference), "d": .string(choice)], "tag": "button",
                    "form_value": ["comment": .string(comment)],
                ],
                "host": "im_message", "context": ["open_message_id": "om_1", "open_chat_id": "oc_1"],
            ],
        ]
    }

    func feishu(_ document: JSON) -> RawCallback {
        let key = Array(Hash256.of(Array(encryptKey.utf8)).bytes)
        let iv = SecureRandom.bytes(16)
        let sealed = AESCBC.seal(document.bytes, key: key, iv: iv) ?? []
        let body = JSON.object([.init("encrypt", .string(Base64.encode(iv + sealed)))]).bytes
        var headers: HTTPFields = [.contentType: "application/json; charset=utf-8"]
        if isSigned {
            headers[HTTPField.Name("X-Lark-Request-Timestamp")!] = stamp
            headers[HTTPField.Name("X-Lark-Request-Nonce")!] = "nonce"
            headers[HTTPField.Name("X-Lark-Signature")!] =
                signature ?? FeishuCallback.signature(stamp, "nonce", key: encryptKey, body: body)
        }
        return RawCallback(method: .post, headers: headers, body: spoil ? body + Array(" ".utf8) : body)
    }

    func slack(_ user: String, _ choice: String, _ reference: String, _ event: String) -> RawCallback {
        slack([
            "type": "block_actions",
            "user": [
                "id": .string("U" + user.uppercased()), "username": .string(user),
                "team_id": .string(userTeam ?? team),
            ],
            "api_app_id": .string(app ?? "A1"), "team": ["id": .string(team)],
            "container": ["type": "message", "message_ts": "1700000000.000001", "channel_id": "D1"],
            "trigger_id": "trigger.1", "channel": ["id": "D1"],
            "actions": [
                [
                    "action_id": .string(choice), "block_id": "decision", "type": "button", "value": .string(reference),
                    "action_ts": .string(event),
                ]
            ],
        ])
    }

    func slack(_ payload: JSON) -> RawCallback {
        let body = Array("payload=\(FormText.escape(String(decoding: payload.bytes, as: UTF8.self)))".utf8)
        var headers: HTTPFields = [.contentType: "application/x-www-form-urlencoded"]
        if isSigned {
            headers[HTTPField.Name("X-Slack-Request-Timestamp")!] = stamp
            headers[HTTPField.Name("X-Slack-Signature")!] =
                signature ?? SlackCallback.signature(stamp, secret: signingSecret, body: body)
        }
        return RawCallback(method: .post, headers: headers, body: spoil ? body + Array("&a=b".utf8) : body)
    }
}
