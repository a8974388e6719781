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

    init(
        _ card: ApprovalCard, mode: Mode, language: CardLanguage, reference: String, link: String, isCut: Bool = false
    ) {
        self.card = card
        self.mode = mode
        self.isCut = isCut
        self.language = language
        self.reference = reference
        self.link = link
        text = CardText(language)
    }
    /// Whether it leads there to say something.
    var isCommented: Bool { mode == .decide || mode == .portal }
    /// Where the request is talked about in the portal.
    var commentLink: String { link + "#comment" }
    /// Why approving takes the portal.
    var hint: String { isCut ? text.tooLong : text.passkey }

    /// The same for a vendor who shows all of it, and otherwise a card on which nothing is approved.
    func fitted(to vendor: any Vendor) -> CardFace {
        guard mode == .decide, !vendor.showsAll(self) else { return self }
        return CardFace(card, mode: .portal, language: language, reference: reference, link: link, isCut: true)
    }
}
