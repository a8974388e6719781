import FoundationEssentials
import Kernel

/// A card of blocks. What people have written is plain text without emoji codes, or its signs are escaped: there is no
/// mention and no link in it.
struct SlackCard {
    private let face: CardFace
    private var card: ApprovalCard { face.card }
    private var text: CardText { face.text }

    init(_ face: CardFace) {
        self.face = face
    }

    /// What a message is made of.
    var message: JSON {
        ["text": .string(Self.escaped(summary)), "blocks": .array(blocks)]
    }

    /// News that take no answer.
    static func notice(_ note: ChatNote) -> JSON {
        let parts = stride(from: 0, to: note.body.count, by: 2900).map { start in
            section(String(note.body.dropFirst(start).prefix(2900)))
        }
        let open: JSON = [
            "type": "button", "action_id": "open", "text": plain(note.text.open), "url": .string(note.link),
        ]
        return [
            "text": .string(escaped(note.title)),
            "blocks": .array(
                [["type": "header", "text": plain(String(note.title.prefix(150)))]] + parts
                    + [["type": "actions", "block_id": "notice", "elements": [open]]]),
        ]
    }

    /// For readers of notifications and of screens.
    private var summary: String {
        face.mode == .trial
            ? text.trial : "\(text.title(card)) · \(CardText.line(card.requester, 100)) · \(text.state(card.state))"
    }

    /// A message has fifty blocks at most, and a section three thousand letters.
    private static let (mostFacts, mostOfPath, mostReason) = (20, 18, 1000)

    private var facts: (lines: [CardLine], isWhole: Bool) {
        text.facts(card, Self.mostFacts, letters: face.isCut ? 600 : 2900)
    }

    /// Whether all of it has room.
    var showsAll: Bool { facts.isWhole && card.reason.count <= Self.mostReason }

    private var blocks: [JSON] {
        if face.mode == .trial { return [Self.section(text.trial), actions([openButton])] }
        var all: [JSON] = [["type": "header", "text": Self.plain(String(text.title(card).prefix(150)))]]
        all.append(Self.section("\(text.requester): \(CardText.line(card.requester, 100))"))
        all += facts.lines.map { Self.section("\($0.name): \($0.value.text)") }
        all.append(Self.section("\(text.reason): \(CardText.lines(card.reason, Self.mostReason))"))
        if let risk = card.risk { all.append(Self.section("\(text.risk): \(text.risk(risk))")) }
        if card.state == .open, let deadline = card.deadline {
            all.append(Self.section("\(text.deadline): \(text.moment(deadline))"))
        }
        all.append(["type": "divider"])
        all += text.path(card).prefix(Self.mostOfPath).map { Self.section(CardText.line($0, 2900)) }
        all.append(Self.section(text.state(card.state)))
        if !face.hint.isEmpty { all.append(Self.section(face.hint)) }
        all.append(
            actions(face.answers.map(button) + (face.answers.isEmpty ? [] : [commentButton]) + [openButton]))
        return all
    }

    /// The form for an answer with words; `chosen` is the answer that somebody wished to give without any.
    func form(_ chosen: Bool? = nil) -> JSON {
        func choice(_ isApproval: Bool) -> JSON {
            [
                "text": Self.plain(isApproval ? text.approve : text.reject),
                "value": .string(isApproval ? "approve" : "reject"),
            ]
        }
        var choices: JSON = [
            "type": "radio_buttons", "action_id": "choice", "options": .array(face.answers.map(choice)),
        ]
        if let chosen, face.answers.contains(chosen) {
            choices = choices.merging(["initial_option": choice(chosen)])
        }
        return [
            "type": "modal", "callback_id": "decision", "private_metadata": .string(face.reference),
            "title": Self.plain(String(text.title(card).prefix(24))), "submit": Self.plain(text.send),
            "close": Self.plain(text.cancel),
            "blocks": [
                [
                    "type": "input", "block_id": "choice", "label": Self.plain(text.title(card)),
                    "element": choices,
                ],
                [
                    "type": "input", "block_id": "comment", "optional": .bool(!face.isCommentNeeded),
                    "label": Self.plain(text.comment),
                    "element": [
                        "type": "plain_text_input", "action_id": "comment", "multiline": true, "max_length": 500,
                    ],
                ],
            ],
        ]
    }

    private func button(_ isApproval: Bool) -> JSON {
        let button: JSON = [
            "type": "button", "action_id": isApproval ? "approve" : "reject",
            "style": isApproval ? "primary" : "danger",
            "text": Self.plain(isApproval ? text.approve : text.reject), "value": .string(face.reference),
        ]
        // The form that asks why is the question whether they are sure.
        if face.commented.contains(isApproval) { return button }
        return button.merging([
            "confirm": [
                "title": Self.plain(text.sure), "text": Self.plain(text.confirm(isApproval: isApproval, card)),
                "confirm": Self.plain(isApproval ? text.approve : text.reject), "deny": Self.plain(text.cancel),
            ]
        ])
    }

    private var commentButton: JSON {
        [
            "type": "button", "action_id": "comment", "text": Self.plain(text.comment),
            "value": .string(face.reference),
        ]
    }

    private var openButton: JSON {
        ["type": "button", "action_id": "open", "text": Self.plain(text.open), "url": .string(face.link)]
    }

    private func actions(_ buttons: [JSON]) -> JSON {
        ["type": "actions", "block_id": "decision", "elements": .array(buttons)]
    }

    private static func plain(_ text: String) -> JSON {
        ["type": "plain_text", "emoji": false, "text": .string(text)]
    }

    private static func section(_ text: String) -> JSON { ["type": "section", "text": plain(text)] }

    /// As the field needs it that may have markup.
    static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
    }
}
