import FoundationEssentials
import Kernel

/// A card with buttons. Its fields are plain text; how much of it is shown is the vendor's to say, so that the rest is left
/// to the portal, to which a touch on the card leads.
struct WeComCard {
    /// What the vendor advises, as columns of which a Chinese character fills two: more may be cut off on a telephone.
    private static let (mostSlots, slotWidth, textWidth) = (6, 60, 320)
    /// Where what may be cut off ends.
    private static let (mostOfLine, mostOfText) = (200, 900)

    private let face: CardFace
    private var card: ApprovalCard { face.card }
    private var text: CardText { face.text }
    private let slots: [CardLine]
    /// What had no place among them, and the reason.
    private let told: String
    /// Whether all that is asked for has room.
    let showsAll: Bool

    init(_ face: CardFace) {
        self.face = face
        guard face.mode != .trial else {
            (slots, told, showsAll) = ([], "", true)
            return
        }
        let (card, text) = (face.card, face.text)
        let facts = text.facts(card, 40, letters: face.isCut ? Self.mostOfLine : Self.mostOfText)
        var lines = [CardLine(name: text.requester, value: Fitted(CardText.line(card.requester, 60)))] + facts.lines
        if let risk = card.risk { lines.append(CardLine(name: text.risk, value: Fitted(text.risk(risk)))) }
        if card.state == .open, let deadline = card.deadline {
            lines.append(CardLine(name: text.deadline, value: Fitted(text.moment(deadline))))
        }
        let room = Self.mostSlots - (face.isCommented ? 1 : 0)
        var (slots, rest) = ([CardLine](), [CardLine]())
        for line in lines {
            if slots.count < room, DisplayWidth.of(line.value.text) <= Self.slotWidth {
                slots.append(line)
            } else {
                rest.append(line)
            }
        }
        let reason = CardLine(name: text.reason, value: Fitted(CardText.line(card.reason)))
        let separator = face.language == .chinese ? "：" : ": "
        let told = (rest + [reason]).map { "\($0.name)\(separator)\($0.value.text)" }.joined(separator: "\n")
        self.slots = slots
        self.told = told
        showsAll = facts.isWhole && DisplayWidth.of(told) <= Self.textWidth
    }

    /// A button's key: what it stands for, and the card's reference.
    static func key(_ reference: String, isApproval: Bool) -> String {
        "\(isApproval ? "approve" : "reject"):\(reference)"
    }

    var title: String { face.mode == .trial ? text.trial : CardText.line(text.title(card), 36) }

    private var summary: String {
        guard face.mode != .trial else { return "" }
        let hint = face.hint.isEmpty ? [] : [face.hint]
        return CardText.lines((hint + [told] + text.path(card)).joined(separator: "\n"), Self.mostOfText)
    }

    /// What it is about, shortly, and where it is talked about.
    private var facts: [(name: String, value: String, link: String?)] {
        var all: [(name: String, value: String, link: String?)] = slots.map {
            (CardText.line($0.name, 20), $0.value.text, nil)
        }
        if face.isCommented { all.append((text.comment, text.open, face.commentLink)) }
        return all
    }

    private var buttons: [(text: String, style: Int64, key: String)] {
        face.answers.map { isApproval in
            (
                isApproval ? text.approve : text.reject, isApproval ? 1 : 3,
                Self.key(face.reference, isApproval: isApproval)
            )
        }
    }

    /// What stands where the buttons were.
    private var closing: String? { face.mode == .closed ? CardText.line(text.state(card.state), 20) : nil }
    private var isNotice: Bool { face.mode == .trial }

    /// Sent, or in place of the card that was; `task` is how the vendor tells cards apart.
    func json(task: String?) -> JSON {
        var members: JSON = [
            "card_type": isNotice ? "text_notice" : "button_interaction",
            "source": ["desc": "Gatehouse", "desc_color": 0], "main_title": ["title": .string(title)],
            "sub_title_text": .string(summary),
            "horizontal_content_list": .array(
                facts.map { fact in
                    let plain: JSON = ["keyname": .string(fact.name), "value": .string(fact.value)]
                    return fact.link.map { plain.merging(["type": 1, "url": .string($0)]) } ?? plain
                }),
            "card_action": ["type": 1, "url": .string(face.link)],
        ]
        if let task { members = members.merging(["task_id": .string(task)]) }
        if !isNotice {
            let list = buttons.isEmpty ? [(closing ?? text.open, 2, "closed:\(face.reference)")] : buttons
            members = members.merging([
                "button_list": .array(
                    list.map { ["text": .string($0.0), "style": .int($0.1), "key": .string($0.2)] })
            ])
        }
        if let closing { members = members.merging(["replace_text": .string(closing)]) }
        return members
    }

    /// News that take no answer.
    static func notice(_ note: ChatNote, task: String) -> JSON {
        [
            "card_type": "text_notice", "source": ["desc": "Gatehouse", "desc_color": 0],
            "main_title": ["title": .string(CardText.line(note.title, 36))],
            "sub_title_text": .string(CardText.lines(note.body, 900)),
            "card_action": ["type": 1, "url": .string(note.link)], "task_id": .string(task),
        ]
    }

    /// The same in the answer to a click, for the copy of who has clicked.
    var xml: String {
        var parts = [
            "<CardType>button_interaction</CardType>", "<Source><Desc>Gatehouse</Desc></Source>",
            "<MainTitle>\(Self.element("Title", title))</MainTitle>", Self.element("SubTitleText", summary),
        ]
        parts += facts.map {
            "<HorizontalContentList>\(Self.element("KeyName", $0.name))\(Self.element("Value", $0.value))"
                + ($0.link.map { "<Type>1</Type>\(Self.element("Url", $0))" } ?? "") + "</HorizontalContentList>"
        }
        parts.append("<CardAction><Type>1</Type>\(Self.element("Url", face.link))</CardAction>")
        parts += buttons.map {
            "<ButtonList>\(Self.element("Text", $0.text))<Style>\($0.style)</Style>\(Self.element("Key", $0.key))"
                + "</ButtonList>"
        }
        if let closing { parts.append(Self.element("ReplaceText", closing)) }
        return "<TemplateCard>\(parts.joined())</TemplateCard>"
    }

    /// An element with text in it, in which nothing ends it.
    static func element(_ name: StaticString, _ text: String) -> String {
        let escaped = text.unicodeScalars.reduce(into: "") { result, scalar in
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\n": result += "&#10;"
            case "\u{0}"..."\u{1F}", "\u{FFFE}", "\u{FFFF}": break
            default: result.unicodeScalars.append(scalar)
            }
        }
        return "<\(name)>\(escaped)</\(name)>"
    }
}
