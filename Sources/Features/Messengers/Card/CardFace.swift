import FoundationEssentials
import Kernel

/// The language of a card.
enum CardLanguage: String, Sendable, CaseIterable {
    case english, chinese

    /// As people and companies choose it: `zh`, `zh-CN`, `en`.
    init(tag: String) { self = tag.lowercased().hasPrefix("zh") ? .chinese : .english }
}

/// A card as one person sees it. What comes out of the same face is the same to the byte.
struct CardFace: Sendable, Hashable {
    /// What the person can do on the card.
    enum Mode: String, Sendable {
        /// Approve, reject, say something.
        case decide
        /// Approving takes the portal; rejecting does not.
        case portal
        /// Nothing any more.
        case closed
        /// A card for trying the channel out.
        case trial
    }

    let card: ApprovalCard
    let mode: Mode
    let language: CardLanguage
    /// What the buttons carry: opaque, and worth nothing to anybody else.
    let reference: String
    /// The request in the portal.
    let link: String
    let text: CardText
    /// The card has no room for all that is asked for: nobody approves what they do not see.
    let isCut: Bool
    /// Which answers the level that asks this person takes with a comment only: approvals (`true`), refusals (`false`).
    let commented: Set<Bool>
    /// Whether approving it takes a passkey there.
    let needsPasskey: Bool
    /// Whether words can go with an answer on the card itself.
    let takesWords: Bool

    init(
        _ card: ApprovalCard, mode: Mode, language: CardLanguage, reference: String, link: String, isCut: Bool = false,
        commented: Set<Bool> = [], needsPasskey: Bool = false, takesWords: Bool = true
    ) {
        self.card = card
        self.mode = mode
        self.isCut = isCut
        self.commented = commented
        self.needsPasskey = needsPasskey
        self.takesWords = takesWords
        self.language = language
        self.reference = reference
        self.link = link
        text = CardText(language)
    }

    /// Whether it leads there to say something.
    var isCommented: Bool { mode == .decide || mode == .portal }
    /// Where the request is talked about in the portal.
    var commentLink: String { link + "#comment" }
    /// Whether it can be rejected on the card.
    var rejects: Bool { isCommented && (takesWords || !commented.contains(false)) }
    /// What is answered on the card: approvals (`true`), refusals (`false`).
    var answers: [Bool] { (mode == .decide ? [true] : []) + (rejects ? [false] : []) }
    /// Whether everything that is answered here takes a comment.
    var isCommentNeeded: Bool { !answers.isEmpty && answers.allSatisfy(commented.contains) }

    /// What is said of answers that the card does not take, or takes with words only; empty for none.
    var hint: String {
        guard isCommented else { return "" }
        var said: [String] = []
        if mode == .portal { said.append(isCut ? text.tooLong : isForWords ? text.wordsInPortal(true) : text.passkey) }
        if !rejects { said.append(text.wordsInPortal(false)) }
        said += answers.filter(commented.contains).map(text.wordsNeeded)
        return said.joined(separator: language == .chinese ? "" : " ")
    }

    /// It is approved in the portal because of the words that it takes, and of nothing else.
    private var isForWords: Bool { !takesWords && commented.contains(true) && !needsPasskey }

    /// The same for a vendor who shows all of it, and otherwise a card on which nothing is approved.
    func fitted(to vendor: any Vendor) -> CardFace {
        guard mode == .decide, !vendor.showsAll(self) else { return self }
        return CardFace(
            card, mode: .portal, language: language, reference: reference, link: link, isCut: true,
            commented: commented, needsPasskey: needsPasskey, takesWords: takesWords)
    }
}
