import FoundationEssentials
import HTTPAPI
import Kernel
import Outbound

/// Slack's Socket Mode: an app-level token opens a connection, over which the app is told what it would be called with.
struct SlackStream: TextStream {
    let settings: SlackSettings
    let api: String
    let token: String

    var isReadyAtOnce: Bool { false }

    func open() -> VendorRequest {
        VendorRequest(
            .post, "\(api)/api/apps.connections.open",
            headers: [
                ("Authorization", "Bearer " + token), ("Content-Type", "application/x-www-form-urlencoded"),
            ]
        ) { [api] answer throws(VendorFault) in
            guard let address = try Slack.good(answer)["url"]?.text, StreamAddress.isGood(address, of: api) else {
                throw VendorFault(.again, "The vendor has not said where to connect to.")
            }
            return .stream(address)
        }
    }

    func receive(_ text: String) throws(StreamFault) -> [StreamStep] {
        guard let json = try? JSONParser.parse(Array(text.utf8)), let kind = json["type"]?.text else {
            throw StreamFault(.broken, "The vendor has sent what is no frame.")
        }
        switch kind {
        case "hello":
            // A token of another app would bring another app's clicks.
            guard json["connection_info"]?["app_id"]?.text == settings.appId else {
                throw StreamFault(.refused, "The app-level token is another app's.")
            }
            return [.ready]
        case "disconnect":
            switch json["reason"]?.text {
            case "link_disabled": throw StreamFault(.refused, "link_disabled")
            case "too_many_websockets": throw StreamFault(.busy, "too_many_websockets", pause: 60)
            default: return [.leave]
            }
        default:
            guard let id = json["envelope_id"]?.text, 1...200 ~= id.utf8.count else { return [] }
            let click: VendorClick? =
                if kind == "interactive", let payload = json["payload"],
                    case .click(let click)? = try? SlackCallback.read(payload, settings)
                { click } else { nil }
            let takesReply = json["accepts_response_payload"] == .bool(true)
            return [.call(StreamCall(id: id, click: click, takesReply: takesReply))]
        }
    }

    func acknowledge(_ call: StreamCall, with reply: CallbackReply) -> String {
        var json: JSON = ["envelope_id": .string(call.id)]
        if call.takesReply, let said = try? JSONParser.parse(reply.body) { json = json.merging(["payload": said]) }
        return String(decoding: json.bytes, as: UTF8.self)
    }
}
