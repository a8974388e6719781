import Crypto
import Cryptography
import FoundationEssentials
import HTTPAPI
import Kernel
import Outbound

/// What Slack calls us with: a form with one document in it, signed as it came.
struct SlackCallback {
    let secrets: ChannelSecrets

    static let window: TimeInterval = 300

    func check(_ callback: RawCallback, at now: Date) throws(CallbackRefusal) {
        guard let timestamp = callback.header("X-Slack-Request-Timestamp"),
            let signature = callback.header("X-Slack-Signature"), !secrets[.signingSecret].isEmpty,
            ConstantTime.equals(
                Self.signature(timestamp, secret: secrets[.signingSecret], body: callback.body), signature)
        else { throw .unsigned }
        guard let seconds = Int(timestamp), abs(now.timeIntervalSince1970 - Double(seconds)) <= Self.window else {
            throw .stale
        }
    }

    static func signature(_ timestamp: String, secret: String, body: [UInt8]) -> String {
        let code = HMAC<SHA256>.authenticationCode(
            for: Array("v0:\(timestamp):".utf8) + body, using: SymmetricKey(data: Array(secret.utf8)))
        return "v0=" + Hex.encode(Array(code))
    }

    /// What the document tells; its signature was checked.
    static func read(_ callback: RawCallback, _ settings: SlackSettings) throws(CallbackRefusal) -> VendorCallback {
        // Only the check of an address is no form.
        if let json = try? JSONParser.parse(callback.body), json["type"]?.text == "url_verification" {
            guard let challenge = json["challenge"]?.text, challenge.utf8.count <= 1000 else { throw .unreadable }
            return .answered(.json(["challenge": .string(challenge)]))
        }
        guard let text = FormText.decoded("payload", in: callback.body),
            let json = try? JSONParser.parse(Array(text.utf8))
        else { throw .unreadable }
        return try read(json, settings)
    }

    /// The document itself.
    static func read(_ json: JSON, _ settings: SlackSettings) throws(CallbackRefusal) -> VendorCallback {
        guard json["api_app_id"]?.text == settings.appId, json["team"]?["id"]?.text == settings.teamId,
            let user = json["user"], user["team_id"]?.text ?? settings.teamId == settings.teamId
        else { throw .foreign }
        guard let actor = user["id"]?.text, 1...100 ~= actor.utf8.count else { throw .unreadable }
        let subject = "\(settings.teamId)/\(actor)"
        switch json["type"]?.text {
        case "block_actions":
            guard case .array(let actions)? = json["actions"], let action = actions.first else { throw .unreadable }
            guard let reference = action["value"]?.text, let id = action["action_id"]?.text,
                let choice = choice(id), let stamp = action["action_ts"]?.text
            else { return .answered(.empty) }
            let place = [json["container"]?["channel_id"]?.text ?? "", json["container"]?["message_ts"]?.text ?? ""]
            return .click(
                VendorClick(
                    event: ([settings.teamId] + place + [actor, id, stamp]).joined(separator: "/"), subject: subject,
                    address: actor, reference: reference, choice: choice,
                    context: [
                        "channel": json["container"]?["channel_id"] ?? .null, "trigger": json["trigger_id"] ?? .null,
                    ]))
        case "view_submission":
            guard let view = json["view"], let id = view["id"]?.text, let reference = view["private_metadata"]?.text,
                let values = view["state"]?["values"]
            else { throw .unreadable }
            let chosen = values["choice"]?["choice"]?["selected_option"]?["value"]?.text
            guard chosen == "approve" || chosen == "reject" else { throw .unreadable }
            return .click(
                VendorClick(
                    event: "\(settings.teamId)/\(id)/\(view["hash"]?.text ?? "")/\(actor)", subject: subject,
                    address: actor, reference: reference, choice: chosen == "approve" ? .approve : .reject,
                    comment: values["comment"]?["comment"]?["value"]?.text ?? "", context: ["view": .string(id)]))
        default: return .answered(.empty)
        }
    }

    private static func choice(_ action: String) -> VendorClick.Choice? {
        switch action {
        case "approve": .approve
        case "reject": .reject
        case "comment": .form
        default: nil
        }
    }
}
