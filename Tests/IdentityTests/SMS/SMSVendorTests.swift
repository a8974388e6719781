import FoundationEssentials
import Kernel
import Testing

@testable import Identity

/// What goes to gateways, byte by byte: the vendors' own examples, and what was worked out by hand from their words.
@Suite struct SMSVendorTests {
    private static let message = SMSMessage(
        number: PhoneNumber("+8613800000000")!, code: "123456", company: "Acme", minutes: 5, isChinese: false)

    private func moment(_ text: String, nonce: String = "n1") -> SMSMoment {
        SMSMoment(date: Timestamp.parse(text)!, nonce: nonce)
    }

    @Test func `ACS3 signs as the vendor's example does`() {
        let signed = ACS3(
            keyID: "YourAccessKeyId", host: "ecs.cn-shanghai.aliyuncs.com", action: "RunInstances",
            version: "2014-05-26",
            query: [
                ("RegionId", "cn-shanghai"),
                ("ImageId", "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd"),
            ], moment: moment("2023-10-26T10:22:32Z", nonce: "3156853299f313e23d1673dc12e1703d"))
        #expect(signed.canonicalHash == "7ea06492da5221eba5297e897ce16e55f964061054b7695beedaac1145b1e259")
        #expect(
            signed.signature(Secret("YourAccessKeySecret"))
                == "06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0")
    }

    @Test func `a message to Alibaba Cloud is signed with everything in it`() {
        let gateway = AlibabaSMS(
            accessKeyId: "AK", signName: "Test", templateCode: "SMS_1", parameter: "code",
            endpoint: SMSEndpoint(text: "https://dysmsapi.aliyuncs.com:443"))
        let call = gateway.call(Self.message, secret: Secret("SK"), at: moment("2023-11-14T22:13:20Z"))
        #expect(
            call.headers.last?.value.hasSuffix(
                "Signature=0081a76a59f58c22b13a40afbcaa731453ddd9b5b674613ff1443e07ee0d18ca") == true)
        #expect(
            call.url == "https://dysmsapi.aliyuncs.com:443/?PhoneNumbers=13800000000&SignName=Test&"
                + "TemplateCode=SMS_1&TemplateParam=%7B%22code%22%3A%22123456%22%7D")
        #expect(!call.headers.contains { $0.name == "host" } && call.body.isEmpty)
    }

    @Test func `TC3 signs as the vendor's example does`() {
        let body =
            #"{"Limit": 1, "Filters": [{"Values": ["\u672a\u547d\u540d"], "Name": "instance-name"}]}"#
        let signed = TC3(
            keyID: "AKID", service: "cvm", host: "cvm.tencentcloudapi.com",
            contentType: "application/json; charset=utf-8", body: Array(body.utf8),
            date: Date(timeIntervalSince1970: 1_551_113_065), action: "DescribeInstances")
        #expect(signed.canonicalHash == "7019a55be8395899b900fb5564e4200d984910f34794a27cb3fb7d10ff6a1e84")
        #expect(
            signed.signature(Secret(String(repeating: "*", count: 32)))
                == "10b1a37a7301a02ca19a647ad722d5e43b4b3cff309d421d85b46093f6ab6c4f")
    }

    @Test func `a message to Tencent Cloud is signed with everything in it`() {
        let gateway = TencentSMS(
            secretId: "AKID", appId: "1400000000", signName: "Test", templateId: "1234", withMinutes: true,
            region: "ap-guangzhou", endpoint: SMSEndpoint(text: "https://sms.tencentcloudapi.com:443"))
        let call = gateway.call(
            Self.message, secret: Secret("SECRETEXAMPLE"),
            at: SMSMoment(date: Date(timeIntervalSince1970: 1_700_000_000), nonce: ""))
        #expect(
            String(decoding: call.body, as: UTF8.self)
                == #"{"PhoneNumberSet":["+8613800000000"],"SmsSdkAppId":"1400000000","SignName":"Test","#
                + #""TemplateId":"1234","TemplateParamSet":["123456","5"]}"#)
        #expect(
            call.headers.last?.value.hasSuffix(
                "Signature=e1106c148345917b13fadf0b24dd9952060e73ebe31df1d5db390bb84fb45982") == true)
    }

    @Test func `the digest for Huawei Cloud is that of its formula`() {
        let digest = HuaweiSMS.digest(
            Secret("appsecret"), nonce: "66C92B11FF8A425FB8D4CCFE0ED9ED1F", created: "2018-02-12T15:30:20Z", as: .raw)
        #expect(digest == "UMlzF6IOaOhARyAz/Ph8koPTrmQlxyodvjG+km05n9s=")
    }

    private func custom(
        _ url: String = "https://sms.example.com/send", method: SMSMethod = .post, format: CustomSMS.Format = .json,
        headers: [CustomSMSHeader] = [], body: String? = #"{"to":"{{number}}","text":"{{company}}"}"#
    ) throws -> CustomSMS {
        try CustomSMS(method: method, url: url, headers: headers, format: format, body: body, success: nil)
    }

    @Test func `what takes a word's place ends nothing that it stands in`() throws {
        let evil = SMSMessage(
            number: PhoneNumber("+8613800000000")!, code: "123456", company: #"a"b&c=<d>'{{secret}}\#r\#nX: y"#,
            minutes: 5, isChinese: false)
        func body(_ format: CustomSMS.Format, _ text: String) throws -> String {
            let call = try custom(format: format, body: text).call(
                evil, secret: Secret("s3cret"), at: moment("2023-11-14T22:13:20Z"))
            return String(decoding: call.body, as: UTF8.self)
        }
        let json = try JSONParser.parse(Array(try body(.json, #"{"to":"{{digits}}","c":"{{company}}"}"#).utf8))
        #expect(json["c"]?.text == evil.company && json["to"]?.text == "8613800000000")
        #expect(
            try body(.form, "c={{company}}&x=1")
                == "c=a%22b%26c%3D%3Cd%3E%27%7B%7Bsecret%7D%7D%0D%0AX%3A%20y&x=1")
        #expect(try body(.xml, "<c>{{company}}</c>").contains("a&quot;b&amp;c=&lt;d&gt;&apos;{{secret}}"))
        let call = try custom(
            "https://sms.example.com/send?c={{company}}&l={{local}}",
            headers: [CustomSMSHeader(name: "X-Company", value: "{{company}} {{secret}}")]
        ).call(evil, secret: Secret("s3cret"), at: moment("2023-11-14T22:13:20Z"))
        #expect(call.url.hasSuffix("%0D%0AX%3A%20y&l=13800000000"))
        #expect(call.headers.first?.value == #"a"b&c=<d>'{{secret}}X: y s3cret"#)
    }

    @Test func `a gateway of one's own goes to a fixed place, with words that there are`() throws {
        for url in [
            "https://{{local}}.example.com/x", "https://sms.example.com{{local}}/", "ftp://sms.example.com/", "/x",
            "https://{{secret}}@sms.example.com/", "https://sms.example.com/{{nothing}}",
            "https://sms.example.com/{{code",
        ] {
            #expect(throws: Invalid.self, "\(url)") { try custom(url) }
        }
        #expect(throws: Invalid.self) { try custom(body: #"{"to": {{number}"#) }
        #expect(throws: Invalid.self) { try custom(body: "no json {{code}}") }
        #expect(throws: Invalid.self) { try custom(method: .get) }
        #expect(throws: Invalid.self) { try CustomSMSHeader(name: "Host", value: "x") }
        #expect(
            try custom("https://sms.example.com/{{code}}?n={{number}}", method: .get, body: nil).needsSecret == false)
        #expect(try custom("https://sms.example.com/?k={{secret}}", method: .get, body: nil).needsSecret)
    }

    @Test func `any other URL, header or body is another place`() throws {
        let one = try custom()
        #expect(one.isSamePlace(as: try custom()))
        let others = [
            try custom("https://sms.example.com/other"), try custom(format: .text),
            try custom(headers: [CustomSMSHeader(name: "X-A", value: "{{secret}}")]),
            try custom(body: #"{"to":"{{number}}"}"#), try custom(method: .get, body: nil),
        ]
        for other in others { #expect(!one.isSamePlace(as: other)) }
    }

    @Test(arguments: [
        "to +8613800000000 with 123456", "138-0000-0000", "1 3 8 0 0 0 0 0 0 0 0", "(138) 0000 0000", "code=1234-56",
        "８６１３８００００００００", "13800000000123456", "0086 138 0000 0000", "1.2.3.4.5.6",
        "1\u{2007}2\u{2007}3\u{2007}4\u{2007}5\u{2007}6",
    ])
    func `numbers and codes are stars in the words of a vendor, however they are written`(said: String) {
        let words = SMSWords(number: Self.message.number, code: "123456").masked(said)
        let digits = words.compactMap(\.wholeNumberValue).map(String.init).joined()
        #expect(!digits.contains("3456") && !digits.contains("1380") && !digits.contains("0000"), "\(words)")
    }

    @Test func `a secret that a vendor says back is not kept`() {
        let said = "no such key: top secret+1 (top%20secret%2B1)"
        #expect(SMSWords.without(Secret("top secret+1"), said) == "no such key: **** (****)")
        #expect(SMSWords.without(Secret(""), said) == said)
        for form in ["dG9wIHNlY3JldCsx", "top%20secret%2B1", "top+secret%2B1"] {
            #expect(SMSWords.without(Secret("top secret+1"), "no \(form)!") == "no ****!")
        }
        #expect(SMSWords.without(Secret("a\"b\\cd"), #"{"key":"a\"b\\cd"}"#) == #"{"key":"****"}"#)
    }

    @Test func `other words of a vendor stay, as one line that ends`() {
        let mask = SMSWords(number: Self.message.number, code: "123456").masked
        #expect(mask("isv.BUSINESS_LIMIT_CONTROL: E000510 (21211)") == "isv.BUSINESS_LIMIT_CONTROL: E000510 (21211)")
        #expect(mask("a\r\nb\u{0}c") == "abc")
        #expect(mask(String(repeating: "x", count: 5000)).count == SMSWords.most)
    }

    @Test(arguments: [
        ("+86 138 0000 0000", "+8613800000000"), ("+1 (415) 867-5309", "+14158675309"),
        ("+86-138.0000.0000", "+8613800000000"),
    ])
    func `a number is one with its country`(raw: String, text: String) {
        #expect(PhoneNumber(raw)?.text == text)
    }

    @Test(arguments: [
        "13800000000", "+0861380000", "+861", "+86138000000001234", "+86 138 x", "+86１３８００００００００", "++8613800000000",
        "+8613800000000,+8613900000000", "",
    ])
    func `anything else is none`(raw: String) {
        #expect(PhoneNumber(raw) == nil)
    }
}
