import Cryptography
import Foundation
import HTTPAPI
import HTTPTypes
import Kernel
import Outbound
import Testing

@testable import Messengers

/// What vendors say over connections, frame by frame.
@Suite struct StreamProtocolTests {
    private let dingtalk: DingTalkStream
    private let slack: SlackStream

    init() throws {
        let settings = try DingTalkSettings(
            appKey: "app", corpId: "corp", template: "t.schema", trustsClicks: false, delivery: .stream, apiUrl: nil)
        dingtalk = DingTalkStream(
            vendor: DingTalk(settings: settings, secrets: ChannelSecrets([.appSecret: Secret("the-secret")])),
            api: "https://api.dingtalk.com")
        slack = SlackStream(
            settings: try SlackSettings(appId: "A1", teamId: "T1", delivery: .stream, apiUrl: nil),
            api: "https://slack.com", token: "xapp-1")
    }

    private func address(_ request: VendorRequest, _ answer: JSON, status: Int = 200) throws -> String? {
        guard case .stream(let address) = try request.read(Sample.answer(answer, status: status)) else { return nil }
        return address
    }

    // MARK: DingTalk

    @Test func `DingTalk is asked for a connection by the app's secret, and its ticket is part of the address`() throws
    {
        let request = dingtalk.open()
        #expect(request.url == "https://api.dingtalk.com/v1.0/gateway/connections/open")
        let body = try JSONParser.parse(try #require(request.body))
        #expect(body["clientId"]?.text == "app" && body["clientSecret"]?.text == "the-secret")
        #expect(body["subscriptions"] == [["type": "CALLBACK", "topic": "/v1.0/card/instances/callback"]])
        let good: JSON = ["endpoint": "wss://wss-open-connection.dingtalk.com:443/connect", "ticket": "a+b/c="]
        #expect(
            try address(request, good)
                == "wss://wss-open-connection.dingtalk.com:443/connect?ticket=a%2Bb%2Fc%3D")
        for endpoint in ["ws://other.example/connect", "https://x.example", "file:///etc/passwd", ""] {
            #expect(throws: VendorFault.self, "\(endpoint)") {
                try address(request, ["endpoint": .string(endpoint), "ticket": "t"])
            }
        }
        #expect(throws: VendorFault.self) { try address(request, ["endpoint": "wss://x.example"]) }
        #expect(throws: VendorFault(.refused, "401: authFailed ")) {
            try address(request, ["code": "authFailed"], status: 401)
        }
    }

    @Test func `only over TLS is a connection the vendor's, and in clear only this very machine's`() throws {
        let (there, here) = ("https://api.dingtalk.com", "http://127.0.0.1:8080/room")
        for api in [there, here] {
            #expect(StreamAddress.isGood("wss://wss.dingtalk.com/connect?ticket=t", of: api))
            #expect(!StreamAddress.isGood("ws://wss.dingtalk.com/connect?ticket=t", of: api))
            #expect(StreamAddress.isProtected(api))
        }
        #expect(StreamAddress.isGood("ws://127.0.0.1:9/x", of: here))
        #expect(!StreamAddress.isGood("ws://127.0.0.1:9/x", of: there))
        // Whoever is in between says where to connect to.
        for api in ["http://chat.example.com", "http://127.0.0.1.example.com", "http://localhost:8080"] {
            #expect(!StreamAddress.isProtected(api), "\(api)")
            #expect(!StreamAddress.isGood("wss://chat.example.com/x", of: api))
            let settings = try DingTalkSettings(
                appKey: "app", corpId: "corp", template: "t.schema", trustsClicks: false, delivery: .stream, apiUrl: api
            )
            #expect(!settings.mayApprove)
        }
        #expect(dingtalk.vendor.settings.mayApprove)
    }

    private func frame(
        _ data: JSON, id: String = "m1", topic: String = DingTalkStream.topic, type: String = "CALLBACK"
    ) -> String {
        let json: JSON = [
            "specVersion": "1.0", "type": .string(type),
            "headers": [
                "appId": "a", "connectionId": "c", "contentType": "application/json", "messageId": .string(id),
                "time": "1700000000000", "topic": .string(topic),
            ], "data": .string(String(decoding: data.bytes, as: UTF8.self)),
        ]
        return String(decoding: json.bytes, as: UTF8.self)
    }

    private func told(_ action: String = "approve", corp: String = "corp", user: String = "union-1") -> JSON {
        let content: JSON = [
            "cardPrivateData": ["actionIds": ["1"], "params": ["action": .string(action), "ref": "ref.0"]]
        ]
        return [
            "type": "actionCallback", "outTrackId": "gh-1", "corpId": .string(corp), "userId": .string(user),
            "spaceType": "IM_ROBOT", "spaceId": "s", "extension": "{}",
            "content": .string(String(decoding: content.bytes, as: UTF8.self)),
        ]
    }

    private func told(by steps: [StreamStep]) -> VendorClick? {
        guard case .call(let call)? = steps.first, steps.count == 1 else { return nil }
        return call.click
    }

    @Test func `a click over DingTalk's connection approves, and is acknowledged with the card`() throws {
        let steps = try dingtalk.receive(frame(told()))
        let click = try #require(told(by: steps))
        #expect(click.choice == .approve && click.subject == "corp/union-1" && click.reference == "ref.0")
        #expect(try told(by: dingtalk.receive(frame(told("reject"))))?.choice == .reject)
        // The same call again is the same event, and another one is not.
        #expect(try told(by: dingtalk.receive(frame(told())))?.event == click.event)
        #expect(try told(by: dingtalk.receive(frame(told(), id: "m2")))?.event != click.event)
        guard case .call(let call)? = steps.first else { return }
        let reply = dingtalk.vendor.answer(
            .verdict(.counted, isApproval: true), to: click, face: Sample.face(mode: .closed, state: .approved),
            at: Date())
        let said = try JSONParser.parse(Array(dingtalk.acknowledge(call, with: reply).utf8))
        #expect(said["code"] == 200 && said["headers"]?["messageId"]?.text == "m1")
        let data = try JSONParser.parse(Array(try #require(said["data"]?.text).utf8))
        #expect(data["response"]?["cardData"]?["cardParamMap"]?["status"]?.text == "approved")
    }

    @Test func `what is about another company, or nothing that is known, is a call without a click`() throws {
        for data in [told(corp: "other"), told(user: "a;b"), told("delete"), [:], ["content": "{"], "text"] as [JSON] {
            let steps = try dingtalk.receive(frame(data))
            #expect(steps.count == 1 && told(by: steps) == nil)
            guard case .call = steps[0] else { Issue.record("\(data) is not acknowledged"); continue }
        }
        // The secret of callbacks does not help: nothing is read that comes in another way.
        #expect(throws: CallbackRefusal.unsigned) {
            try dingtalk.vendor.read(RawCallback(method: .post, body: told().bytes), at: Date())
        }
    }

    @Test func `DingTalk's own frames are answered`() throws {
        let ping = try dingtalk.receive(frame(["opaque": "x"], id: "p1", topic: "ping", type: "SYSTEM"))
        guard case .send(let text)? = ping.first else { return #expect(Bool(false)) }
        let pong = try JSONParser.parse(Array(text.utf8))
        #expect(pong["code"] == 200 && pong["headers"]?["messageId"]?.text == "p1")
        #expect(pong["data"]?.text == #"{"opaque":"x"}"#)
        #expect(try dingtalk.receive(frame([:], topic: "disconnect", type: "SYSTEM")).last == .leave)
        #expect(try dingtalk.receive(frame([:], topic: "news", type: "SYSTEM")) == [])
        guard case .send(let other)? = try dingtalk.receive(frame([:], topic: "/v1.0/im/bot/messages/get")).first
        else { return #expect(Bool(false)) }
        #expect(try JSONParser.parse(Array(other.utf8))["code"] == 404)
    }

    @Test(arguments: ["", "x", "[]", "{}", #"{"type":"CALLBACK"}"#, #"{"type":1,"headers":{"topic":"ping"}}"#])
    func `what is no frame ends the connection`(_ text: String) {
        #expect(throws: StreamFault.self) { try dingtalk.receive(text) }
        #expect(throws: StreamFault.self) { try dingtalk.receive(String(repeating: "[", count: 100_000) + text) }
        if text.count < 3 { #expect(throws: StreamFault.self) { try slack.receive(text) } }
    }

    @Test func `ids that are too long are none`() {
        #expect(throws: StreamFault.self) {
            try dingtalk.receive(frame(told(), id: String(repeating: "x", count: 201)))
        }
    }

    // MARK: Slack

    @Test func `Slack is asked for a connection by the app's own token`() throws {
        let request = slack.open()
        #expect(request.url == "https://slack.com/api/apps.connections.open")
        #expect(request.headers.contains { $0 == ("Authorization", "Bearer xapp-1") })
        let url = "wss://wss-primary.slack.com/link/?ticket=secret&app_id=A1"
        #expect(try address(request, ["ok": true, "url": .string(url)]) == url)
        #expect(throws: VendorFault.self) { try address(request, ["ok": true, "url": "ws://wss.slack.com/"]) }
        #expect(throws: VendorFault(.refused, "200: invalid_auth")) {
            try address(request, ["ok": false, "error": "invalid_auth"])
        }
    }

    private func payload(_ change: JSON = [:]) -> JSON {
        let all: JSON = [
            "type": "block_actions", "user": ["id": "U1", "team_id": "T1"], "api_app_id": "A1", "team": ["id": "T1"],
            "container": ["type": "message", "message_ts": "1.2", "channel_id": "D1"], "trigger_id": "t",
            "actions": [["action_id": "approve", "type": "button", "value": "ref.0", "action_ts": "1.5"]],
        ]
        return all.merging(change)
    }

    private func envelope(_ payload: JSON, type: String = "interactive", takesReply: Bool = false) -> String {
        let json: JSON = [
            "payload": payload, "envelope_id": "e1", "type": .string(type),
            "accepts_response_payload": .bool(takesReply),
        ]
        return String(decoding: json.bytes, as: UTF8.self)
    }

    @Test func `a click over Slack's connection is the click that it would be called with`() throws {
        let steps = try slack.receive(envelope(payload()))
        let click = try #require(told(by: steps))
        #expect(click.choice == .approve && click.subject == "T1/U1" && click.reference == "ref.0")
        let form = "payload=\(FormText.escape(String(decoding: payload().bytes, as: UTF8.self)))"
        let called = try SlackCallback.read(RawCallback(method: .post, body: Array(form.utf8)), slack.settings)
        guard case .click(let other) = called else { return #expect(Bool(false)) }
        #expect(click == other, "so that it counts once, whichever way it comes")
        guard case .call(let call)? = steps.first else { return }
        #expect(slack.acknowledge(call, with: .empty) == #"{"envelope_id":"e1"}"#)
        #expect(slack.acknowledge(call, with: .json(["a": 1])) == #"{"envelope_id":"e1"}"#, "it takes no answer")
        var view = call
        view.takesReply = true
        #expect(slack.acknowledge(view, with: .json(["a": 1])) == #"{"envelope_id":"e1","payload":{"a":1}}"#)
    }

    @Test func `what is another app's or workspace's is a call without a click`() throws {
        for change in [
            ["api_app_id": "A2"], ["team": ["id": "T2"]], ["user": ["id": "U1", "team_id": "T2"]], ["actions": []],
            ["type": "shortcut"],
        ] as [JSON] {
            let steps = try slack.receive(envelope(payload(change)))
            #expect(steps.count == 1 && told(by: steps) == nil, "\(change)")
        }
        #expect(try told(by: slack.receive(envelope(payload(), type: "slash_commands"))) == nil)
        #expect(try slack.receive(#"{"type":"interactive","payload":{}}"#) == [], "there is nothing to acknowledge")
    }

    @Test func `Slack says when it is ready and when it goes`() throws {
        #expect(
            try slack.receive(#"{"type":"hello","connection_info":{"app_id":"A1"},"num_connections":1}"#) == [.ready])
        #expect(throws: StreamFault(.refused, "The app-level token is another app's.")) {
            try slack.receive(#"{"type":"hello","connection_info":{"app_id":"A2"}}"#)
        }
        for reason in ["warning", "refresh_requested"] {
            #expect(try slack.receive(#"{"type":"disconnect","reason":"\#(reason)"}"#) == [.leave])
        }
        #expect(throws: StreamFault(.refused, "link_disabled")) {
            try slack.receive(#"{"type":"disconnect","reason":"link_disabled"}"#)
        }
        #expect(throws: StreamFault(.busy, "too_many_websockets", pause: 60)) {
            try slack.receive(#"{"type":"disconnect","reason":"too_many_websockets"}"#)
        }
    }

    // MARK: what they have in common

    @Test func `a flood is one, and a day's work is none`() throws {
        let start = ContinuousClock.now
        var rate = FrameRate(at: start)
        for second in 0..<600 {
            for _ in 0..<20 { try rate.count(at: start + .seconds(second)) }
        }
        #expect(throws: StreamFault.self) {
            for _ in 0..<250 { try rate.count(at: start + .seconds(600)) }
        }
    }

    @Test func `what went wrong says what to do, and never where the ticket is`() throws {
        let host = try HostPort(parsing: "wss.example:443")
        func problem(_ error: any Error) -> ChannelConnection.Problem? { StreamLine.fault(of: error)?.problem }
        #expect(problem(VendorFault(.refused, "x")) == .refused && problem(VendorFault(.again, "x")) == .unreachable)
        #expect(StreamLine.fault(of: VendorFault(.rest(40), "x")) == StreamFault(.busy, "x", pause: 40))
        #expect(problem(WebSocketError.outbound(.destinationRefused(host))) == .closed)
        #expect(problem(OutboundError.destinationRefused(host)) == .closed)
        #expect(problem(WebSocketError.refused(host, status: 401)) == .broken)
        #expect(problem(WebSocketError.outbound(.cancelled)) == nil && problem(CancellationError()) == nil)
        #expect(problem(WebSocketError.outbound(.stopped)) == .unreachable, "or it would be tried without a pause")
        let url = try OutboundURL(webSocket: "wss://wss.example/link?ticket=the-ticket")
        #expect(!"\(url)".contains("the-ticket"))
    }
}
