import Cryptography
package import FoundationEssentials
package import Kernel
import Postgres

extension Messengers {
    /// There is news of a request: whoever has to decide gets a card, and whatever shows it is looked at. Quick, and may run
    /// twice for the same news; what is sent, pumps send.
    package func announce(_ ticket: TicketID, at now: Date, in scope: TenantScope) async throws {
        let enabled = try await channels.enabled(in: scope, database)
        guard !enabled.isEmpty, let card = try await desk.card(ticket, scope) else { return }
        let people =
            card.state == .open
            ? card.levels.filter(\.isOpen).reduce(into: Set<UserID>()) { $0.formUnion($1.seats) } : []
        let sorted = people.sorted { $0.text < $1.text }
        let taken = try await cards.rooms(
            of: ticket, among: enabled.filter(\.settings.isRoom).map(\.id), in: scope, database)
        let new = enabled.flatMap { channel in
            // Where all see the same card, one stands for all of them.
            let asked = !channel.settings.isRoom ? sorted[...] : taken.contains(channel.id) ? [] : sorted.prefix(1)
            return asked.map { user in
                (
                    card: MessengerCardID.new(at: now), channel: channel.id, user: user,
                    nonce: Base64URL.encode(SecureRandom.bytes(16))
                )
            }
        }
        try await database.transaction(in: scope) { tx in
            try await cards.call(for: ticket, new, at: now, in: scope, tx)
        }
    }
}

/// What the buttons of a card carry: which card it is, and of which content. Neither is a secret, and neither is authority:
/// that is in who clicked, by the vendor's signed word.
struct CardReference: Equatable {
    let nonce: String
    let content: String

    init(_ card: KeptCard, of digest: String) {
        nonce = card.nonce
        content = String(digest.prefix(16))
    }

    init?(parsing text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].utf8.count == 22, parts[1].utf8.count <= 16 else { return nil }
        nonce = String(parts[0])
        content = String(parts[1])
    }

    var text: String { "\(nonce).\(content)" }
}

extension CardFace {
    /// The request as this person sees it at this vendor.
    init(
        _ card: ApprovalCard, for kept: KeptCard, by vendor: any Vendor, language: CardLanguage, portal: String
    ) {
        let level = kept.user.flatMap { card.level(of: $0) }
        let mode: Mode =
            vendor.room != nil && card.state == .open
            ? .portal
            : level.map { $0.needsPasskey || (!vendor.takesWords && $0.commented.contains(true)) ? .portal : .decide }
                ?? .closed
        self = CardFace(
            card, mode: mode, language: language, reference: CardReference(kept, of: card.digest).text,
            link: "\(portal)/inbox/\(card.ticket.text)", commented: level?.commented ?? [],
            needsPasskey: level?.needsPasskey ?? false, takesWords: vendor.takesWords
        ).fitted(to: vendor)
    }
}
