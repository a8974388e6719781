/// The letter about gateways that are others now.
struct SMSGatewayLetter: PersonalLetter {
    let reader: MailedPerson
    /// Empty if it is about all of them.
    let gateway: String
    let by: String
    let time: String
    let url: String

    let kind = "sms-gateways-changed"

    var english: (subject: String, text: String) {
        (
            "\(reader.company): text messages go another way",
            """
            Hello \(reader.name),

            the gateways by which \(reader.company) sends codes as text messages were changed.

            Gateway: \(gateway.isEmpty ? "their order" : gateway)
            By: \(by)
            When: \(time)

            Whoever runs a gateway sees the codes that let people in. If this was not meant to be, look at it now: \(url)
            """
        )
    }

    var chinese: (subject: String, text: String) {
        (
            "\(reader.company)：短信网关已变更",
            """
            \(reader.name)，您好：

            \(reader.company) 用于发送短信验证码的网关已被更改。

            网关：\(gateway.isEmpty ? "顺序" : gateway)
            操作人：\(by)
            时间：\(time)

            网关的运营方能看到登录验证码。如非预期操作，请立即检查：\(url)
            """
        )
    }
}
