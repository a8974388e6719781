import FoundationEssentials
import HTTPAPI
import Kernel

/// Something short on its way to somebody's telephone.
struct SMSMessage: Sendable {
    enum Content: Sendable {
        case code(String, minutes: Int)
        /// A request waits for them, by its number.
        case request(Int)
    }

    let number: PhoneNumber
    let content: Content
    let company: String
    let isChinese: Bool

    init(number: PhoneNumber, code: String, company: String, minutes: Int, isChinese: Bool) {
        self.init(number: number, content: .code(code, minutes: minutes), company: company, isChinese: isChinese)
    }

    init(number: PhoneNumber, content: Content, company: String, isChinese: Bool) {
        self.number = number
        self.content = content
        self.company = company
        self.isChinese = isChinese
    }

    /// What differs: the code, or the request's number.
    var word: String {
        switch content {
        case .code(let code, _): code
        case .request(let number): String(number)
        }
    }

    /// The word, if it opens something.
    var code: String { isNotice ? "" : word }
    var minutes: Int { if case .code(_, let minutes) = content { minutes } else { 0 } }
    var isNotice: Bool { if case .request = content { true } else { false } }

    /// For gateways that take a text. It has no link: whoever is used to following one follows a false one.
    var text: String {
        switch content {
        case .code(let code, let minutes):
            isChinese
                ? "您在 \(company) 的验证码是 \(code)，\(minutes) 分钟内有效。请勿告知他人。"
                : "Your code for \(company) is \(code). It is good for \(minutes) minutes. Tell nobody."
        case .request(let number):
            isChinese
                ? "\(company)：申请 #\(number) 等待您审批，请登录门户处理。"
                : "\(company): request #\(number) waits for your answer. Sign in to the portal to give it."
        }
    }
}

/// What goes to a gateway, before it is sent.
struct SMSCall: Sendable, Equatable {
    struct Header: Sendable, Equatable {
        let name: String
        let value: String
    }

    var method: SMSMethod = .post
    let url: String
    var headers: [Header] = []
    var body: [UInt8] = []
}

/// What a gateway needs of the moment, passed in so that what is signed can be tested.
struct SMSMoment: Sendable {
    let date: Date
    /// Used once.
    let nonce: String

    /// `2023-11-14T22:13:20Z`.
    var seconds: String { Timestamp.text(date).prefix(19) + "Z" }
}

/// What a gateway said.
enum SMSVerdict: Sendable, Equatable {
    /// With what it knows the message by, for whoever asks it later.
    case taken(String)
    /// In its own words, which may be anything.
    case refused(String)
}

/// A kind of gateway: bytes out and bytes in, and nothing else.
protocol SMSVendor: Sendable {
    /// Whether it can say what is not a code: templates and texts of one's own may have no place for it.
    var takesNotices: Bool { get }
    func call(_ message: SMSMessage, secret: Secret, at moment: SMSMoment) -> SMSCall
    func verdict(status: Int, body: [UInt8]) -> SMSVerdict
}

extension SMSVendor {
    static func refusal(_ status: Int, _ words: String?...) -> SMSVerdict {
        let said = words.compactMap { $0 }.filter { !$0.isEmpty }
        return .refused(said.isEmpty ? "status \(status)" : said.joined(separator: ": "))
    }
}

/// Where a gateway's requests go: scheme, host and port.
package struct SMSEndpoint: Sendable, Hashable {
    package let text: String

    /// As it stands in the field `Host`, which is signed.
    var host: String {
        let authority = text.split(separator: "://", maxSplits: 1).last.map(String.init) ?? ""
        let standard = text.hasPrefix("https://") ? ":443" : ":80"
        return authority.hasSuffix(standard) ? String(authority.dropLast(standard.utf8.count)) : authority
    }
}
