import Crypto
import Cryptography
import FoundationEssentials
import HTTPAPI
import Kernel
import Outbound

/// Slack: blocks, signed callbacks, and a form for whoever wants to say something.
struct Slack: Vendor {
    let settings: SlackSettings
    let secrets: ChannelSecrets

    private var api: String { settings.apiUrl ?? "https://slack.com" }
    private var bearer: [(name: String, value: String)] { [("Authorization", "Bearer " + secrets[.botToken])] }

    private func call(
        _ method: String, _ json: JSON,
        read: @escaping @Sendable (JSON) throws(VendorFault) -> VendorTurn
    ) -> VendorRequest {
        VendorRequest(.post, "\(api)/api/\(method)", headers: bearer, json: json) { answer throws(VendorFault) in
            try read(try Self.good(answer))
        }
    }

    // MARK: people

    func address(ofSubject subject: String) -> String? {
        CompanySubject.id(subject, at: settings.teamId)
    }

    func lookUp(email: String) -> VendorRequest? {
        let url = FormText.adding([("email", email)], to: "\(api)/api/users.lookupByEmail")
        return VendorRequest(.get, url, headers: bearer) { [settings] answer throws(VendorFault) in
            if answer.json["error"]?.text == "users_not_found" { return .address(nil) }
            guard let user = try Self.good(answer)["user"], user["team_id"]?.text == settings.teamId,
                user["deleted"] != .bool(true), user["is_bot"] != .bool(true),
                user["is_restricted"] != .bool(true), user["is_ultra_restricted"] != .bool(true)
            else { return .address(nil) }
            return .address(user["id"]?.text)
        }
    }

    // MARK: cards

    func showsAll(_ face: CardFace) -> Bool { SlackCard(face).showsAll }

    func send(_ face: CardFace, to address: String, once: String) -> VendorRequest {
        send(SlackCard(face).message, to: address)
    }

    func say(_ note: ChatNote, to address: String, once: String) -> VendorRequest? {
        send(SlackCard.notice(note), to: address)
    }

    private func send(_ message: JSON, to address: String) -> VendorRequest {
        call("conversations.open", ["users": .string(address)]) { answer throws(VendorFault) in
            guard let channel = answer["channel"]?["id"]?.text else {
                throw VendorFault(.refused, "The vendor has not said where the person is spoken to.")
            }
            return .ask(post(message, to: channel))
        }
    }

    private func post(_ message: JSON, to channel: String) -> VendorRequest {
        call("chat.postMessage", message.merging(["channel": .string(channel), "unfurl_links": false])) {
            answer throws(VendorFault) in
            guard let channel = answer["channel"]?.text, let stamp = answer["ts"]?.text else {
                throw VendorFault(.refused, "The vendor has not said which message it is.")
            }
            return .sent(["channel": .string(channel), "ts": .string(stamp)])
        }
    }

    func update(_ handle: JSON, with face: CardFace, of address: String) -> VendorRequest {
        let place: JSON = ["channel": handle["channel"] ?? .null, "ts": handle["ts"] ?? .null]
        return call("chat.update", SlackCard(face).message.merging(place)) { _ throws(VendorFault) in .done }
    }

    // MARK: what comes back

    var takesWords: Bool { true }

    var stream: (any ClickStream)? {
        settings.delivery == .stream
            ? SlackStream(settings: settings, api: api, token: secrets[.appToken]) : nil
    }

    func read(_ callback: RawCallback, at now: Date) throws(CallbackRefusal) -> VendorCallback {
        // What comes over a connection comes in no other way.
        guard settings.delivery == .callback else { throw .unsigned }
        try SlackCallback(secrets: secrets).check(callback, at: now)
        return try SlackCallback.read(callback, settings)
    }

    /// The answer says nothing: messages are changed by a call, and people are told something by another one.
    func answer(_ outcome: ClickOutcome, to click: VendorClick, face: CardFace?, at now: Date) -> CallbackReply {
        guard click.context["view"] != nil else { return .empty }
        // A form that was of no use says why, and stays.
        switch outcome {
        case .verdict(.counted, _), .repeated, .underWay: return .empty
        case .verdict, .unlinked, .unknown, .form, .busy:
            let told = (face?.text ?? CardText(.english)).told(outcome, face?.card)
            return .json(["response_action": "errors", "errors": ["comment": .string(told)]])
        }
    }

    func aside(_ outcome: ClickOutcome, to click: VendorClick, face: CardFace?) -> VendorRequest? {
        // Whoever was to say why is asked for it.
        let chosen: Bool? =
            if case .verdict(.needsComment, let isApproval) = outcome { isApproval } else { nil }
        if outcome == .form || (chosen != nil && click.context["view"] == nil) {
            guard let face, let trigger = click.context["trigger"] else { return nil }
            return call("views.open", ["trigger_id": trigger, "view": SlackCard(face).form(chosen)]) {
                _ throws(VendorFault) in .done
            }
        }
        // Whoever has decided sees it on the card.
        if case .verdict(.counted, _) = outcome { return nil }
        guard click.context["view"] == nil, let channel = click.context["channel"] else { return nil }
        let told = (face?.text ?? CardText(.english)).told(outcome, face?.card)
        return call(
            "chat.postEphemeral",
            ["channel": channel, "user": .string(click.address), "text": .string(SlackCard.escaped(told))]
        ) { _ throws(VendorFault) in .done }
    }

    // MARK: answers

    private static let passing: Set<String> = [
        "internal_error", "fatal_error", "service_unavailable", "request_timeout", "team_added_to_org",
    ]

    static func good(_ answer: VendorAnswer) throws(VendorFault) -> JSON {
        let json = answer.json
        if answer.status == 200, json["ok"] == .bool(true) { return json }
        let error = json["error"]?.text
        let text = "\(answer.status): \(error ?? "no word")"
        if answer.status == 429 || error == "ratelimited" || error == "rate_limited" {
            throw VendorFault(.rest(answer.pause), text)
        }
        throw VendorFault(
            answer.status >= 500 || error == nil || passing.contains(error ?? "") ? .again : .refused, text)
    }
}
