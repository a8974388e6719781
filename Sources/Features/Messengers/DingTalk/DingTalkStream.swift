import FoundationEssentials
import HTTPAPI
import Kernel
import Outbound

/// DingTalk's Stream mode: we prove by the app's own secret who we are, and what comes over that connection is the vendor's.
struct DingTalkStream: TextStream {
    static let topic = "/v1.0/card/instances/callback"

    let vendor: DingTalk
    let api: String
    private var settings: DingTalkSettings { vendor.settings }

    var isReadyAtOnce: Bool { true }

    func open() -> VendorRequest {
        VendorRequest(
            .post, api + "/v1.0/gateway/connections/open", headers: [("Accept", "application/json")],
            json: [
                "clientId": .string(settings.appKey), "clientSecret": .string(vendor.secrets[.appSecret]),
                "subscriptions": [["type": "CALLBACK", "topic": .string(Self.topic)]], "ua": "gatehouse", "localIp": "",
            ]
        ) { [api] answer throws(VendorFault) in
            let json = try Self.good(answer)
            guard let endpoint = json["endpoint"]?.text, let ticket = json["ticket"]?.text, !ticket.isEmpty,
                case let address = FormText.adding([("ticket", ticket)], to: endpoint),
                StreamAddress.isGood(address, of: api)
            else { throw VendorFault(.again, "The vendor has not said where to connect to.") }
            return .stream(address)
        }
    }

    /// No token is asked for here, so that none can be stale.
    private static func good(_ answer: VendorAnswer) throws(VendorFault) -> JSON {
        do {
            return try DingTalk.good(answer)
        } catch {
            throw error.kind == .staleToken ? VendorFault(.refused, error.text) : error
        }
    }

    func receive(_ text: String) throws(StreamFault) -> [StreamStep] {
        guard let json = try? JSONParser.parse(Array(text.utf8)), let headers = json["headers"],
            let topic = headers["topic"]?.text, let kind = json["type"]?.text
        else { throw StreamFault(.broken, "The vendor has sent what is no frame.") }
        // Only what is acknowledged needs one.
        let id = headers["messageId"]?.text ?? ""
        guard id.utf8.count <= 200 else { throw StreamFault(.broken, "The vendor has sent what is no frame.") }
        switch (kind, topic) {
        case ("SYSTEM", "ping"): return [.send(Self.frame(200, id, "OK", data: json["data"] ?? "{}"))]
        case ("SYSTEM", "disconnect"): return [.send(Self.frame(200, id, "OK", data: json["data"] ?? "{}")), .leave]
        case ("SYSTEM", _): return []
        case ("CALLBACK", Self.topic) where !id.isEmpty:
            return [.call(StreamCall(id: id, click: click(json["data"]?.text ?? "", id)))]
        default: return id.isEmpty ? [] : [.send(Self.frame(404, id, "not subscribed", data: "{}"))]
        }
    }

    /// The call that it is about; the vendor tells the same one again under the same id.
    private func click(_ data: String, _ id: String) -> VendorClick? {
        guard let told = try? DingTalkCallback(Array(data.utf8)),
            case .click(let click)? = try? vendor.read(told, event: "stream/\(id)", approves: settings.isStreamSafe)
        else { return nil }
        return click
    }

    func acknowledge(_ call: StreamCall, with reply: CallbackReply) -> String {
        let said = (try? JSONParser.parse(reply.body)) ?? [:]
        let data: JSON = ["response": said]
        return Self.frame(200, call.id, "OK", data: .string(String(decoding: data.bytes, as: UTF8.self)))
    }

    private static func frame(_ code: Int64, _ id: String, _ message: String, data: JSON) -> String {
        let json: JSON = [
            "code": .int(code), "headers": ["messageId": .string(id), "contentType": "application/json"],
            "message": .string(message), "data": data,
        ]
        return String(decoding: json.bytes, as: UTF8.self)
    }
}
