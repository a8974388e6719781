import Cryptography
import FoundationEssentials
import HTTPAPI
import Kernel
import Outbound

/// The long connection of Feishu and Lark: it is opened by the app's own secret, so that what comes over it is the vendor's
/// without a signature. Each call is told to one connection of the app.
struct FeishuStream: ClickStream {
    let settings: FeishuChannelSettings
    /// Without the part that other calls of the API have in common.
    let api: String
    let secret: String

    private var service: Int32 = 0
    private var parts = FeishuParts()

    init(settings: FeishuChannelSettings, api: String, secret: String) {
        self.settings = settings
        self.api = api
        self.secret = secret
    }

    var isReadyAtOnce: Bool { true }

    // MARK: where to connect to

    func open() -> VendorRequest {
        VendorRequest(
            .post, api + "/callback/ws/endpoint", headers: [("Accept", "application/json"), ("locale", "zh")],
            json: ["AppID": .string(settings.appId), "AppSecret": .string(secret)]
        ) { [api] answer throws(VendorFault) in
            let address = try Self.good(answer)["data"]?["URL"]?.text
            guard let address, StreamAddress.isGood(address, of: api), Self.isTheirs(address, of: api) else {
                throw VendorFault(.again, "The vendor has not said where to connect to.")
            }
            return .stream(address)
        }
    }

    /// By which domain's hosts each of the vendor's two places tells what is clicked.
    private static let domains = ["open.feishu.cn": "feishu.cn", "open.larksuite.com": "larksuite.com"]

    /// Connections are the API's own host's, or, at the vendor's two places, of a host that is named for it: `msg-frontier`, with
    /// a region or without one, and nothing else of the domain. What an administrator has named instead is no place of which
    /// we know what lies beside it: that may be another company's (`example.co.uk` beside `open.co.uk`).
    static func isTheirs(_ address: String, of api: String) -> Bool {
        guard let place = try? OutboundURL(webSocket: address), let home = try? OutboundURL(api) else { return false }
        let (host, own) = (place.destination.host.lowercased(), home.destination.host.lowercased())
        if host == own { return true }
        guard let domain = domains[own], place.destination.port == 443, home.destination.port == 443 else {
            return false
        }
        let name = host.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard name.count == 2, name[1] == domain else { return false }
        let words = name[0].split(separator: "-", omittingEmptySubsequences: false)
        let isRegion =
            words.count == 2
            || words.count == 3 && (2...8).contains(words[2].utf8.count)
                && words[2].utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) }
        return words.starts(with: ["msg", "frontier"]) && isRegion
    }

    private static func good(_ answer: VendorAnswer) throws(VendorFault) -> JSON {
        let json = answer.json
        guard case .int(let code)? = json["code"] else {
            if answer.status == 429 { throw VendorFault(.rest(answer.pause), "\(answer.status)") }
            throw VendorFault(
                answer.status == 200 || answer.status >= 500 ? .again : .refused, "\(answer.status), no code")
        }
        let text = "\(answer.status), \(code): \(json["msg"]?.text ?? "")"
        switch (answer.status, code) {
        case (200, 0): return json
        case (429, _): throw VendorFault(.rest(answer.pause), text)
        // More connections than an app may have.
        case (_, 1_000_040_350): throw VendorFault(.rest(60), text)
        // It is busy, or something went wrong there.
        case (_, 1), (_, 1_000_040_343), (500..., _): throw VendorFault(.again, text)
        default: throw VendorFault(.refused, text)
        }
    }

    mutating func connected(to address: String) {
        let query = address.split(separator: "?", maxSplits: 1).dropFirst().first ?? ""
        let pair = query.split(separator: "&").first { $0.hasPrefix("service_id=") }
        service = pair.flatMap { Int32($0.dropFirst("service_id=".count)) } ?? 0
    }

    // MARK: frames

    /// A sign of life as the vendor wants it; what it answers may say how often.
    var sign: StreamMessage? {
        .binary(
            FeishuFrame(
                service: service, method: FeishuFrame.control, headers: [FeishuFrame.Header(key: "type", value: "ping")]
            ).bytes)
    }

    mutating func receive(
        _ message: StreamMessage, at now: ContinuousClock.Instant
    ) throws(StreamFault) -> [StreamStep] {
        guard case .binary(let bytes) = message, let frame = try? FeishuFrame(bytes) else {
            throw StreamFault(.broken, "The vendor has sent what is no frame.")
        }
        switch frame.method {
        case FeishuFrame.control: return frame["type"] == "pong" ? Self.pace(frame) : []
        case FeishuFrame.data: return try take(frame, at: now)
        default: return []
        }
    }

    private static func pace(_ frame: FeishuFrame) -> [StreamStep] {
        guard let json = try? JSONParser.parse(frame.payload ?? []), case .int(let seconds)? = json["PingInterval"]
        else {
            return []
        }
        return [.pace(.seconds(min(max(seconds, 10), 600)))]
    }

    private mutating func take(
        _ frame: FeishuFrame, at now: ContinuousClock.Instant
    ) throws(StreamFault) -> [StreamStep] {
        guard let id = frame["message_id"], let count = Int(frame["sum"] ?? "1"), let number = Int(frame["seq"] ?? "0")
        else { throw StreamFault(.broken, "The vendor has sent what is no frame.") }
        let whole: [UInt8]?
        do throws(FeishuParts.Fault) {
            whole = try parts.add(frame.payload ?? [], number, of: count, to: id, at: now)
        } catch {
            throw StreamFault(.broken, "The vendor has sent parts that do not fit together.")
        }
        guard let whole else { return [] }
        var answer = frame
        answer.payload = nil
        return [.call(StreamCall(id: id, click: click(whole), context: answer.bytes))]
    }

    /// Nil for what is no click of this company's cards: it is acknowledged, and forgotten.
    private func click(_ payload: [UInt8]) -> VendorClick? {
        guard let json = try? JSONParser.parse(payload),
            case .click(let click)? = try? FeishuCallback.event(json, settings)
        else { return nil }
        return click
    }

    /// The same frame, with what the card shows from now on.
    func answer(_ call: StreamCall, with reply: CallbackReply, after time: Duration) -> StreamMessage {
        guard var frame = try? FeishuFrame(call.context) else { return .binary(call.context) }
        var said: JSON = ["code": 200]
        if !reply.body.isEmpty { said = said.merging(["data": .string(Base64.encode(reply.body))]) }
        frame.headers.append(FeishuFrame.Header(key: "biz_rt", value: "\(Int(time / .milliseconds(1)))"))
        frame.payload = said.bytes
        return .binary(frame.bytes)
    }
}
