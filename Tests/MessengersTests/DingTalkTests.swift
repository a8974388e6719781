import FoundationEssentials
import HTTPAPI
import HTTPTypes
import Kernel
import Outbound
import Testing

@testable import Messengers

/// Cards, messages and callbacks of DingTalk.
@Suite struct DingTalkTests {
    private static let now = Date(timeIntervalSince1970: 1_700_000_000)
    private static let secret = "mySecret"

    private func vendor(template: String? = "t.schema", trusts: Bool = false, clicks: Bool = true) throws -> DingTalk {
        DingTalk(
            settings: try DingTalkSettings(
                appKey: "app", corpId: "corp", template: template, trustsClicks: trusts, apiUrl: nil),
            secrets: ChannelSecrets(
                clicks ? [.appSecret: Secret("s"), .signingSecret: Secret(Self.secret)] : [.appSecret: Secret("s")]))
    }

    private func callback(
        _ params: JSON = ["action": "approve", "ref": "ref.0"], corp: String = "corp", user: String = "union-1",
        timestamp: String = "1700000000000", signature: String? = nil
    ) -> RawCallback {
        let content: JSON = ["cardPrivateData": ["actionIds": ["1"], "params": params]]
        let body: JSON = [
            "type": "actionCallback", "outTrackId": "gh-1", "corpId": .string(corp), "userId": .string(user),
            "content": .string(String(decoding: content.bytes, as: UTF8.self)),
        ]
        let fields: HTTPFields = [
            HTTPField.Name("x-ddpaas-signature-timestamp")!: timestamp,
            HTTPField.Name("x-ddpaas-signature")!: signature
                ?? DingTalkCallback.signature(timestamp, secret: Self.secret),
        ]
        return RawCallback(method: .post, headers: fields, body: body.bytes)
    }

    @Test func `the signature is over the time`() {
        #expect(
            DingTalkCallback.signature("1700000000000", secret: "mySecret")
                == "t3jqwt0WBVsvNpgD+ncljxce56XsNOeEYafngX/BHjc=")
    }

    @Test func `a click refuses, and approves only where the company trusts what is not signed`() throws {
        func choice(_ action: String, trusts: Bool) throws -> VendorClick.Choice? {
            guard
                case .click(let click) = try vendor(trusts: trusts).read(
                    callback(["action": .string(action), "ref": "ref.0"]), at: Self.now)
            else { return nil }
            #expect(click.subject == "corp/union-1" && click.reference == "ref.0")
            return click.choice
        }
        #expect(try choice("reject", trusts: false) == .reject)
        #expect(try choice("approve", trusts: false) == .refresh)
        #expect(try choice("approve", trusts: true) == .approve)
        #expect(try choice("delete", trusts: true) == nil)
    }

    @Test func `one signature is good for one click, whatever the body says`() throws {
        func event(_ callback: RawCallback) throws -> String? {
            guard case .click(let click) = try vendor(trusts: true).read(callback, at: Self.now) else { return nil }
            return click.event
        }
        #expect(try event(callback()) == event(callback(["action": "reject", "ref": "ref.1"], user: "boss")))
        #expect(try event(callback()) != event(callback(timestamp: "1700000000001")))
    }

    @Test func `what is forged, old or of another company is refused`() throws {
        func refused(_ callback: RawCallback, _ why: CallbackRefusal, _ vendor: DingTalk) {
            #expect(throws: why) { try vendor.read(callback, at: Self.now) }
        }
        let vendor = try vendor(trusts: true)
        refused(RawCallback(method: .post, body: callback().body), .unsigned, vendor)
        refused(callback(signature: ""), .unsigned, vendor)
        refused(callback(signature: DingTalkCallback.signature("1700000000000", secret: "other")), .unsigned, vendor)
        refused(callback(timestamp: "1699999000000"), .stale, vendor)
        refused(callback(timestamp: "1700001000000"), .stale, vendor)
        refused(callback(timestamp: "1.7e12"), .stale, vendor)
        refused(callback(corp: "other"), .foreign, vendor)
        refused(callback(user: "a;b"), .unreadable, vendor)
        var broken = callback()
        broken = RawCallback(method: .post, headers: broken.headers, body: Array("{\"type\":\"actionCallback\"".utf8))
        refused(broken, .unreadable, vendor)
        // Without a secret there are no clicks at all.
        refused(callback(), .unsigned, try self.vendor(clicks: false))
    }

    @Test func `a card is the template filled with texts, and goes to one person`() throws {
        let face = Sample.face(reason: String(repeating: "很长", count: 2000))
        let request = try vendor().send(face, to: "u1", once: "gh-1")
        let json = try JSONParser.parse(try #require(request.body))
        #expect(json["openSpaceId"]?.text == "dtv1.card//IM_ROBOT.u1" && json["userIdType"] == 2)
        #expect(json["callbackRouteKey"]?.text?.hasPrefix("gatehouse-") == true)
        guard case .object(let values)? = json["cardData"]?["cardParamMap"] else { return #expect(Bool(false)) }
        for value in values { #expect((value.value.text?.utf8.count ?? 2000) <= 1024, "\(value.name)") }
        #expect(json["cardData"]?["cardParamMap"]?["mode"]?.text == "portal")
        let good: JSON = ["success": true, "result": ["deliverResults": [["success": true]]]]
        guard case .sent(let handle) = try request.read(Sample.answer(good)) else { return #expect(Bool(false)) }
        #expect(throws: VendorFault(.refused, "out of scope")) {
            try request.read(
                Sample.answer(["result": ["deliverResults": [["success": false, "errorMsg": "out of scope"]]]]))
        }
        let update = try vendor().update(handle, with: Sample.face(mode: .closed, state: .approved), of: "u1")
        #expect(update.method == .put)
        let changed = try JSONParser.parse(try #require(update.body))
        #expect(changed["outTrackId"] == json["outTrackId"])
        #expect(changed["cardData"]?["cardParamMap"]?["status"]?.text == "approved")
        #expect(changed["cardData"]?["cardParamMap"]?["mode"]?.text == "closed")
    }

    @Test func `without a template it is a message with a link, to a person of the company`() throws {
        let vendor = try vendor(template: nil)
        let first = vendor.send(Sample.face(reason: "[x](javascript:1) @all"), to: "u1", once: "gh-1")
        #expect(first.url.hasSuffix("/topapi/user/getbyunionid"))
        #expect(throws: VendorFault.self) {
            try first.read(Sample.answer(["errcode": 0, "result": ["contact_type": 1, "userid": "x"]]))
        }
        guard
            case .ask(let second) = try first.read(
                Sample.answer(["errcode": 0, "result": ["contact_type": 0, "userid": "ann0815"]]))
        else { return #expect(Bool(false)) }
        let json = try JSONParser.parse(try #require(second.body))
        #expect(json["userIds"] == ["ann0815"] && json["msgKey"]?.text == "sampleActionCard")
        let content = try JSONParser.parse(Array(try #require(json["msgParam"]?.text).utf8))
        #expect(content["singleURL"]?.text == "https://acme.example.com/requests/tkt_1")
        #expect(content["text"]?.text?.contains("\\[x\\]\\(javascript:1\\) \\@all") == true)
        guard case .sent(let handle) = try second.read(Sample.answer(["processQueryKey": "k"])) else {
            return #expect(Bool(false))
        }
        #expect(!vendor.isWorthAnUpdate(handle, to: Sample.face(mode: .closed, state: .approved)))
    }

    @Test func `of a call that was not let through the vendor says why by a code within`() {
        func kind(_ json: JSON) -> VendorFault.Kind? {
            do throws(VendorFault) {
                _ = try DingTalk.oldGood(Sample.answer(json))
                return nil
            } catch { return error.kind }
        }
        #expect(kind(["errcode": 0]) == nil)
        #expect(kind(["errcode": 40014]) == .staleToken)
        #expect(kind(["errcode": 88, "sub_code": "40014"]) == .staleToken)
        #expect(kind(["errcode": 88, "sub_code": "90018"]) == .rest(2) && kind(["errcode": 90018]) == .rest(2))
        // An app that may not ask is told so for ever, and does not come again and again.
        #expect(kind(["errcode": 88, "sub_code": "60011"]) == .refused)
        #expect(kind(["errcode": -1]) == .again)
    }

    @Test func `what the vendor says is understood`() {
        func kind(_ json: JSON, _ status: Int) -> VendorFault.Kind? {
            do throws(VendorFault) {
                _ = try DingTalk.good(Sample.answer(json, status: status))
                return nil
            } catch { return error.kind }
        }
        #expect(kind([:], 200) == nil && kind(["code": "InvalidAuthentication"], 401) == .staleToken)
        #expect(kind(["code": "Forbidden.AccessDenied.QpsLimitForApi"], 403) == .rest(2))
        #expect(kind(["code": "Forbidden.AccessDenied.AccessTokenPermissionDenied"], 403) == .refused)
        #expect(kind(["code": "param.cardTemplateIdEmpty"], 400) == .refused && kind([:], 503) == .again)
    }

    @Test func `clicks are told to where the vendor was asked to`() throws {
        let request = try #require(try vendor().register(callback: "https://acme.example.com/api/v1/x"))
        let json = try JSONParser.parse(try #require(request.body))
        let sent = try JSONParser.parse(try #require(try vendor().send(Sample.face(), to: "u", once: "1").body))
        #expect(json["callbackRouteKey"] == sent["callbackRouteKey"] && json["apiSecret"]?.text == Self.secret)
        #expect(try vendor(template: nil).register(callback: "x") == nil)
    }
}
