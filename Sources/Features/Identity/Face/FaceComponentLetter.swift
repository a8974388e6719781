/// The letter about a capture component that is another one now.
struct FaceComponentLetter: PersonalLetter {
    let reader: MailedPerson
    let by: String
    let isKey: Bool
    let time: String
    let url: String

    let kind = "face-component-changed"

    var english: (subject: String, text: String) {
        (
            "\(reader.company): faces are looked at in another way",
            """
            Hello \(reader.name),

            what tells \(reader.company) whose face it is was changed: \(isKey ? "it signs with a new key" : "its settings").

            By: \(by)
            When: \(time)

            Whoever runs this service can say that anybody's face was there. If this was not meant to be, look at it now: \(url)
            """
        )
    }

    var chinese: (subject: String, text: String) {
        (
            "\(reader.company)：人脸采集服务已变更",
            """
            \(reader.name)，您好：

            \(reader.company) 的人脸采集服务\(isKey ? "已更换签名密钥" : "设置已更改")。

            操作人：\(by)
            时间：\(time)

            该服务的运营方可以声称任何人的人脸已通过采集。如非预期操作，请立即检查：\(url)
            """
        )
    }
}
