import Cryptography
import FoundationEssentials
import Kernel

/// What there is to do about a card. Pure.
struct Plan: Sendable {
    enum Work: Sendable {
        case send(CardFace)
        case update(CardFace, handle: JSON)
        case say(ChatNote)
    }

    /// As it will be if the vendor takes it.
    var card: KeptCard
    let channel: OpenChannel
    let isOver: Bool
    let work: Work
    /// Set if the vendor need not be asked.
    let result: CardResult?

    /// Nil if it cannot be said now.
    init?(_ kept: KeptCard, on ground: CardGround) {
        guard let channel = ground.channels[kept.channel] else { return nil }
        let person = kept.user.flatMap { ground.people[$0] }
        let isInUse = channel.channel.state == .enabled
        self.channel = channel
        guard let ticket = kept.ticket else {
            (card, isOver) = (kept, true)
            let language = person?.language ?? kept.notice?["language"]?.text ?? ""
            work = .say(ChatNote(kept.notice ?? [:], language: CardLanguage(tag: language)))
            // A room is nobody's, so that nobody's leaving keeps it from being told.
            let isTold = kept.user == nil ? channel.vendor.room != nil : person != nil
            result = !isTold || !isInUse ? CardResult(card: kept, outcome: .closed) : nil
            return
        }
        guard let request = ground.requests[ticket], isInUse else {
            (card, isOver, work) = (kept, true, .say(ChatNote([:], language: .english)))
            result = CardResult(card: kept, outcome: .closed)
            return
        }
        let face = CardFace(
            request, for: kept, by: channel.vendor, language: CardLanguage(tag: person?.language ?? ""),
            portal: ground.portal)
        var card = kept
        card.level = kept.user.flatMap { request.level(of: $0) }?.number
        card.digest = request.digest
        card.shown = face.fingerprint
        self.card = card
        isOver = request.state != .open
        if let handle = kept.handle {
            work = .update(face, handle: handle)
            let isWorthIt = kept.shown != card.shown && channel.vendor.isWorthAnUpdate(handle, to: face)
            result = isWorthIt ? nil : CardResult(card: card, outcome: .shown(isOver: isOver))
        } else {
            work = .send(face)
            // Whom nobody asks any more is not told of it.
            result = face.mode == .closed || person == nil ? CardResult(card: kept, outcome: .closed) : nil
        }
    }
}

extension CardFace {
    /// The same for what looks the same.
    var fingerprint: [UInt8] {
        var words = [
            mode.rawValue, language.rawValue, reference, link, "\(card.number)", card.kind, card.requester, card.reason,
            card.risk ?? "", isCut ? "cut" : "", hint, card.state.rawValue, card.digest,
            card.deadline.map(Timestamp.text) ?? "",
        ]
        words += card.facts.flatMap { [$0.label] + $0.values }
        words += text.path(card)
        return Hash256.of(JSON.array(words.map(JSON.string)).bytes).bytes
    }
}
