import Kernel
import SAML

/// What WeCom tells of a click on a card: XML without a namespace, out of an envelope that was opened already. Pure.
struct WeComEvent: Sendable, Equatable {
    /// Who clicked, as the company knows them; the case of an id says nothing there.
    let user: String
    let corporation: String
    let agent: String
    /// The button.
    let key: String
    let task: String
    /// By which the card may be changed, once and within 72 hours.
    let responseCode: String?
    /// Seconds since 1970.
    let createdAt: Int

    /// The same click has the same text, however often it is sent.
    var id: String { [user, "\(createdAt)", task, key].joined(separator: "\n") }

    private static let limits = XMLLimits(bytes: 64 << 10, nodes: 200, depth: 6, attributes: 4, namespaces: 4)

    /// The ciphertext in the body of a callback; nil if it is not such a body.
    static func sealed(in body: [UInt8]) -> String? {
        guard let root = try? XMLReader.read(body, limits: limits), root.isNamed("xml", in: "") else { return nil }
        return word("Encrypt", in: root)
    }

    /// Nil for anything but a click on a button of a card.
    init?(_ bytes: [UInt8]) {
        guard let root = try? XMLReader.read(bytes, limits: Self.limits), root.isNamed("xml", in: ""),
            Self.word("MsgType", in: root) == "event", Self.word("Event", in: root) == "template_card_event",
            let user = Self.word("FromUserName", in: root), let corporation = Self.word("ToUserName", in: root),
            let agent = Self.word("AgentID", in: root), let key = Self.word("EventKey", in: root),
            let task = Self.word("TaskId", in: root),
            let created = Self.word("CreateTime", in: root).flatMap({ Int($0) })
        else { return nil }
        self.init(
            user: Self.lowered(user), corporation: corporation, agent: agent, key: key, task: task,
            responseCode: Self.word("ResponseCode", in: root), createdAt: created)
    }

    private init(
        user: String, corporation: String, agent: String, key: String, task: String, responseCode: String?,
        createdAt: Int
    ) {
        self.user = user
        self.corporation = corporation
        self.agent = agent
        self.key = key
        self.task = task
        self.responseCode = responseCode
        self.createdAt = createdAt
    }

    /// Letters other than plain ones have no case there.
    static func lowered(_ id: String) -> String {
        String(decoding: id.utf8.map { 0x41...0x5A ~= $0 ? $0 | 0x20 : $0 }, as: UTF8.self)
    }

    /// The text of the only element of this name, which has no other elements in it.
    private static func word(_ name: String, in root: XMLElement) -> String? {
        guard let element = root.only(name, in: ""), element.children.isEmpty else { return nil }
        let text = element.trimmedText
        return text.isEmpty ? nil : text
    }
}
