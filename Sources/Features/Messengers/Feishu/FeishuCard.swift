import FoundationEssentials
import Kernel

/// A card of version 2.0. What people have written is plain text throughout: markup and mentions in it are letters.
struct FeishuCard {
    private let face: CardFace
    private var card: ApprovalCard { face.card }
    private var text: CardText { face.text }

    init(_ face: CardFace) {
        self.face = face
    }

    var json: JSON {
        [
            "schema": "2.0",
            "config": ["update_multi": true, "enable_forward": false],
            "header": ["template": .string(colour), "title": Self.plain(text.title(card))],
            "body": ["elements": .array(elements)],
        ]
    }

    private var colour: String {
        switch card.state {
        case .open: face.mode == .trial ? "blue" : "orange"
        case .approved: "green"
        case .rejected: "red"
        case .withdrawn, .expired: "grey"
        }
    }

    /// What the vendor takes is thirty thousand bytes, as a text within a text.
    private static let mostBytes = 28_000

    private var facts: (lines: [CardLine], isWhole: Bool) { text.facts(card, 20, letters: face.isCut ? 600 : 4000) }

    /// Whether all of it has room.
    var showsAll: Bool {
        guard facts.isWhole, card.reason.count <= Self.mostReason else { return false }
        return JSON.string(String(decoding: json.bytes, as: UTF8.self)).bytes.count <= Self.mostBytes
    }

    private static let mostReason = 1000

    private var elements: [JSON] {
        if face.mode == .trial { return [Self.div(text.trial), openButton] }
        var all = [Self.div("\(text.requester): \(CardText.line(card.requester, 100))")]
        all += facts.lines.map { Self.div("\($0.name): \($0.value.text)") }
        all.append(Self.div("\(text.reason): \(CardText.lines(card.reason, Self.mostReason))"))
        if let risk = card.risk { all.append(Self.div("\(text.risk): \(text.risk(risk))")) }
        if card.state == .open, let deadline = card.deadline {
            all.append(Self.div("\(text.deadline): \(text.moment(deadline))"))
        }
        all.append(["tag": "hr"])
        all += text.path(card).map(Self.div)
        all.append(Self.div(text.state(card.state)))
        if !face.hint.isEmpty { all.append(Self.div(face.hint)) }
        if !face.answers.isEmpty { all.append(form(with: face.answers.map(button))) }
        all.append(openButton)
        return all
    }

    private func form(with buttons: [JSON]) -> JSON {
        [
            "tag": "form", "name": "decision",
            "elements": .array(
                [
                    [
                        "tag": "input", "name": "comment", "required": .bool(face.isCommentNeeded),
                        "max_length": 500,
                        "placeholder": Self.plain(text.comment),
                    ]
                ] + buttons),
        ]
    }

    private func button(_ isApproval: Bool) -> JSON {
        [
            "tag": "button", "name": isApproval ? "approve" : "reject",
            "element_id": isApproval ? "approve" : "reject", "form_action_type": "submit",
            "type": isApproval ? "primary_filled" : "danger",
            "text": Self.plain(isApproval ? text.approve : text.reject),
            "confirm": [
                "title": Self.plain(text.sure), "text": Self.plain(text.confirm(isApproval: isApproval, card)),
            ],
            "behaviors": [
                [
                    "type": "callback",
                    "value": [
                        "v": 1, "ref": .string(face.reference), "d": .string(isApproval ? "approve" : "reject"),
                    ],
                ]
            ],
        ]
    }

    /// News that take no answer.
    static func notice(_ note: ChatNote) -> JSON {
        [
            "schema": "2.0",
            "config": ["update_multi": true, "enable_forward": false],
            "header": ["template": "blue", "title": plain(note.title)],
            "body": ["elements": [div(note.body), openButton(note.text, note.link)]],
        ]
    }

    private var openButton: JSON { Self.openButton(text, face.link) }

    private static func openButton(_ text: CardText, _ link: String) -> JSON {
        [
            "tag": "button", "element_id": "open", "type": "default", "text": plain(text.open),
            "behaviors": [["type": "open_url", "default_url": .string(link)]],
        ]
    }

    private static func plain(_ text: String) -> JSON { ["tag": "plain_text", "content": .string(text)] }
    private static func div(_ text: String) -> JSON { ["tag": "div", "text": plain(text)] }
}
