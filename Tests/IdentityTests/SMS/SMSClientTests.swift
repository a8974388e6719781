import Foundation
import Kernel
import TestSupport
import Testing

@testable import Identity

/// What has the libraries.
private let python = ProcessInfo.processInfo.environment["GATEHOUSE_TEST_PYTHON"]

/// What the vendors' own libraries make of the gateways that stand in for the vendors, and of what we send and sign.
@Suite(
    .enabled(if: python != nil, "needs the vendors' libraries (GATEHOUSE_TEST_PYTHON)"),
    .timeLimit(.minutes(3)))
struct SMSClientTests {
    private static func libraries(_ work: String, _ asked: JSON) async throws -> JSON {
        let command = [try #require(python), Repository.path("Tests/Support/sms_clients.py"), work]
        let done = try await Command.run(command, input: Data(asked.bytes), limit: .seconds(120))
        #expect(done.status == 0, "\(done.errors)")
        return try JSONParser.parse(Array(done.output))
    }

    @Test func `what the vendors' libraries send is taken, and each of them understands what it is told`() async throws
    {
        let vendors = try await SMSVendors()
        let said = try await Self.libraries(
            "send",
            [
                "endpoint": .string(vendors.endpoint), "secret": .string(SMSVendors.secret), "wrong": "another secret",
                "number": .string(SMSStage.number), "code": "123456",
            ])
        func code(_ vendor: String, _ what: String) -> JSON? { said[vendor]?[what]?["code"] }
        #expect(code("alibaba", "sent") == "OK" && said["alibaba"]?["sent"]?["id"] == "1^0")
        #expect(code("alibaba", "wrong") == "SignatureDoesNotMatch" && said["alibaba"]?["wrong"]?["status"] == 400)
        #expect(code("alibaba", "refused") == "isv.BUSINESS_LIMIT_CONTROL")
        #expect(code("tencent", "sent") == "Ok" && said["tencent"]?["sent"]?["id"] == "s")
        #expect(code("tencent", "wrong") == "AuthFailure.SignatureFailure")
        #expect(code("tencent", "refused") == "LimitExceeded.PhoneNumberDailyLimit")
        #expect(code("huawei", "sent") == "000000" && said["huawei"]?["sent"]?["status"] == "000000")
        #expect(code("huawei", "wrong") == "APIG.0301" && said["huawei"]?["wrong"]?["status"] == 401)
        #expect(code("huawei", "refused") == "E000510" && said["huawei"]?["refused"]?["status"] == "E200033")
        #expect(code("twilio", "sent") == .null && said["twilio"]?["sent"]?["id"] == "SM1")
        #expect(code("twilio", "wrong") == 20003 && code("twilio", "refused") == 21211)
        let taken = try await vendors.taken()
        #expect(taken.map { $0["vendor"]?.text } == ["alibaba", "tencent", "huawei", "twilio"])
        for one in taken {
            #expect(SMSStage.number.hasSuffix(one["number"]?.text ?? "-") && one["code"] == "123456", "\(one)")
        }
        await vendors.stop()
    }

    @Test func `the vendors' libraries sign our requests as we do`() async throws {
        let secret = Secret("a secret/with+signs=")
        let message = SMSMessage(
            number: PhoneNumber(SMSStage.number)!, code: "123456", company: "示例 & Sons *~'", minutes: 5, isChinese: true
        )
        let moment = SMSMoment(date: Date(timeIntervalSince1970: 1_700_000_000), nonce: "n-1")
        let (aliyun, tencent) = (
            SMSEndpoint(text: "https://dysmsapi.aliyuncs.com:443"),
            SMSEndpoint(text: "https://sms.tencentcloudapi.com:443")
        )
        let twilio = SMSEndpoint(text: "https://api.twilio.com:443")
        let vendors: [(name: String, vendor: any SMSVendor, host: String)] = [
            (
                "alibaba",
                AlibabaSMS(
                    accessKeyId: "testId", signName: "阿里云 & 短信*~'", templateCode: "SMS_71390007", parameter: "code",
                    endpoint: aliyun), aliyun.host
            ),
            (
                "tencent",
                TencentSMS(
                    secretId: "AKID", appId: "1400000000", signName: "示例", templateId: "1234", withMinutes: true,
                    region: "ap-guangzhou", endpoint: tencent), tencent.host
            ),
            (
                "twilio",
                try TwilioSMS(
                    accountSid: "AC1", apiKey: nil, from: "+15005550006", messagingServiceSid: nil, endpoint: twilio),
                twilio.host
            ),
        ]
        let calls = vendors.map { ($0.name, $0.host, $0.vendor.call(message, secret: secret, at: moment)) }
        let signed = try await Self.libraries(
            "sign",
            [
                "secret": .string(secret.reveal()),
                "calls": .object(
                    calls.map { name, host, call in
                        JSON.Member(
                            name,
                            [
                                "method": .string(call.method.rawValue.uppercased()), "url": .string(call.url),
                                "host": .string(host), "body": .string(String(decoding: call.body, as: UTF8.self)),
                                "headers": .object(call.headers.map { JSON.Member($0.name, .string($0.value)) }),
                            ])
                    }),
            ])
        func ours(_ name: String, _ field: String) throws -> String {
            let call = try #require(calls.first { $0.0 == name }).2
            return try #require(call.headers.first { $0.name.lowercased() == field }).value
        }
        #expect(try signed["alibaba"]?.text == ours("alibaba", "authorization"))
        #expect(try signed["tencent"]?.text == ours("tencent", "authorization"))
        // This one signs nothing: what its library asks for is what we ask for.
        let whole = try #require(signed["twilio"])
        #expect(try whole["authorization"]?.text == ours("twilio", "authorization"))
        #expect(try whole["kind"]?.text == ours("twilio", "content-type"))
        #expect(whole["method"] == "POST" && whole["path"] == "/2010-04-01/Accounts/AC1/Messages.json")
        #expect(
            whole["form"] == [
                ["Body", .string(message.text)], ["From", "+15005550006"], ["To", .string(SMSStage.number)],
            ])
    }
}
