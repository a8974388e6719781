import FoundationEssentials
import Kernel

/// What a template of ours is filled with, or a message in its place. Values are texts of up to a thousand bytes; they are
/// shown as they are.
struct DingTalkCard {
    private let face: CardFace
    private let mayApprove: Bool
    private var card: ApprovalCard { face.card }
    private var text: CardText { face.text }

    init(_ face: CardFace, mayApprove: Bool) {
        self.face = face
        self.mayApprove = mayApprove
    }

    var title: String { face.mode == .trial ? text.trial : CardText.line(text.title(card), 60) }

    /// How the card is shown, by which a template hides buttons.
    private var mode: String {
        switch face.mode {
        case .decide where mayApprove: face.rejects ? "decide" : "approve"
        case .decide, .portal: face.rejects ? "portal" : "open"
        case .closed: "closed"
        case .trial: "trial"
        }
    }

    private var separator: String { face.language == .chinese ? "：" : ": " }

    private static let mostReason = 500
    private var facts: (lines: [CardLine], isWhole: Bool) { text.facts(card, 40, letters: face.isCut ? 200 : 1000) }
    private var shown: String { lines.joined(separator: "\n") }
    private var reason: String { CardText.lines(card.reason, Self.mostReason) }

    /// Whether all of it has room.
    var showsAll: Bool {
        facts.isWhole && card.reason.count <= Self.mostReason && [shown, reason].allSatisfy { Self.bytes($0) == $0 }
    }

    private var lines: [String] {
        guard face.mode != .trial else { return [] }
        var all = ["\(text.requester)\(separator)\(CardText.line(card.requester, 100))"]
        all += facts.lines.map { "\($0.name)\(separator)\($0.value.text)" }
        if let risk = card.risk { all.append("\(text.risk)\(separator)\(text.risk(risk))") }
        if card.state == .open, let deadline = card.deadline {
            all.append("\(text.deadline)\(separator)\(text.moment(deadline))")
        }
        return all
    }

    /// The variables of the template.
    var parameters: JSON {
        [
            "title": .string(title), "mode": .string(mode),
            "status": .string(face.mode == .trial ? "trial" : card.state.rawValue),
            "statusText": .string(face.mode == .trial ? "" : text.state(card.state)),
            "facts": .string(Self.bytes(shown)),
            "reason": .string(face.mode == .trial ? "" : Self.bytes(reason)),
            "path": .string(face.mode == .trial ? "" : Self.bytes(text.path(card).joined(separator: "\n"))),
            "hint": .string(hint), "link": .string(face.link),
            "ref": .string(face.reference), "approveText": .string(text.approve),
            "rejectText": .string(text.reject), "openText": .string(text.open),
            "commentText": .string(text.comment), "commentLink": .string(face.commentLink),
        ]
    }

    private var hint: String {
        let first = face.mode == .decide && !mayApprove ? [text.approveInPortal] : []
        return (first + [face.hint]).filter { !$0.isEmpty }.joined(separator: face.language == .chinese ? "" : " ")
    }

    /// A message with a link, in Markdown: what people wrote is escaped, line by line.
    var message: JSON {
        var all = lines
        if face.mode != .trial {
            all.append("\(text.reason)\(separator)\(CardText.line(card.reason, 300))")
            all += text.path(card)
            all.append(text.state(card.state))
        }
        var written = ([title] + all).map(Self.escaped)
        if face.mode != .trial, card.state == .open { written.append("[\(text.comment)](\(face.commentLink))") }
        return [
            "title": .string(title), "text": .string(written.joined(separator: "  \n")),
            "singleTitle": .string(text.open), "singleURL": .string(face.link),
        ]
    }

    /// News that take no answer.
    static func notice(_ note: ChatNote) -> JSON {
        let lines = [note.title] + note.body.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        return [
            "title": .string(note.title), "text": .string(lines.map(escaped).joined(separator: "  \n")),
            "singleTitle": .string(note.text.open), "singleURL": .string(note.link),
        ]
    }

    /// Signs that mean something in Markdown are letters.
    static func escaped(_ text: String) -> String {
        text.reduce(into: "") { result, character in
            if "\\`*_{}[]()<>#+-.!|~@".contains(character) { result.append("\\") }
            result.append(character)
        }
    }

    /// Never more bytes than a value may have, and never a part of a character.
    static func bytes(_ text: String, most: Int = 1000) -> String {
        guard text.utf8.count > most else { return text }
        var result = ""
        var count = 3
        for character in text {
            count += String(character).utf8.count
            if count > most { break }
            result.append(character)
        }
        return result + "…"
    }
}
