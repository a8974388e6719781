import FoundationEssentials
import Kernel

/// An adaptive card. Nobody's word comes back from it, so that it has one button, which opens the portal.
struct TeamsCard {
    private let face: CardFace
    private var card: ApprovalCard { face.card }
    private var text: CardText { face.text }

    init(_ face: CardFace) {
        self.face = face
    }

    /// What a workflow takes.
    var message: JSON { Self.message(body, text.open, face.link) }

    /// News that ask for nothing.
    static func notice(_ note: ChatNote, _ text: CardText) -> JSON {
        let title = block(note.title).merging(["weight": "Bolder", "size": "Medium"])
        return message([title] + (note.body.isEmpty ? [] : [block(note.body)]), text.open, note.link)
    }

    private static func message(_ body: [JSON], _ open: String, _ link: String) -> JSON {
        let card: JSON = [
            "type": "AdaptiveCard", "$schema": "http://adaptivecards.io/schemas/adaptive-card.json", "version": "1.4",
            "body": .array(body),
            "actions": [["type": "Action.OpenUrl", "title": .string(open), "url": .string(link)]],
        ]
        return [
            "type": "message",
            "attachments": [
                [
                    "contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": .null, "content": card,
                ]
            ],
        ]
    }

    private var body: [JSON] {
        if face.mode == .trial { return [Self.block(text.trial)] }
        var facts = [(text.requester, CardText.line(card.requester, 100))]
        facts += text.facts(card, 20, letters: 300).lines.map { ($0.name, $0.value.text) }
        if let risk = card.risk { facts.append((text.risk, text.risk(risk))) }
        if card.state == .open, let deadline = card.deadline { facts.append((text.deadline, text.moment(deadline))) }
        return [
            Self.block(text.title(card)).merging(["weight": "Bolder", "size": "Medium"]),
            [
                "type": "FactSet",
                "facts": .array(
                    facts.map { ["title": .string(Self.escaped($0.0)), "value": .string(Self.escaped($0.1))] }),
            ],
            Self.block("\(text.reason): \(CardText.line(card.reason, 1000))"),
        ] + text.path(card).map { Self.block($0).merging(["isSubtle": true]) }
            + [Self.block(text.state(card.state)).merging(["weight": "Bolder"])]
    }

    private static func block(_ text: String) -> JSON {
        ["type": "TextBlock", "text": .string(escaped(text)), "wrap": true]
    }

    /// Signs that mean something in Markdown are letters; so is an address, and a mention.
    static func escaped(_ text: String) -> String {
        text.reduce(into: "") { result, character in
            switch character {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\\", "`", "*", "_", "[", "]", "(", ")", "#", "~", "|", "!": result += "\\\(character)"
            default: result.append(character)
            }
        }
    }
}
