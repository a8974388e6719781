import Audit
import Cryptography
package import FoundationEssentials
import Kernel
import Logging
import Messaging
import Outbound
import Postgres
import Tenancy

/// What the cards of one tenant are sent with: read once for all of them.
private struct CardGround: Sendable {
    let channels: [MessengerChannelID: OpenChannel]
    let requests: [TicketID: ApprovalCard]
    let people: [UserID: CardPerson]
    let subjects: [MessengerChannelID: [UserID: String]]
    let portal: String
    let scope: TenantScope
}

extension Messengers {
    /// Attempts at one card before somebody else has to tell the approver.
    static let mostAttempts = 7

    /// Brings these cards to what their requests are now, all at once, and settles what comes next.
    func deliver(
        _ ids: [MessengerCardID], in scope: TenantScope, clock: @escaping @Sendable () -> Date
    ) async throws {
        let waiting = try await cards.waiting(ids, in: scope, database)
        guard !waiting.isEmpty else { return }
        let ground = try await ground(for: waiting, at: clock(), in: scope)
        await withDiscardingTaskGroup { group in
            for card in waiting {
                group.addTask {
                    do {
                        try await deliver(card, on: ground, clock: clock)
                    } catch {
                        // Its lease ends, and then it comes again.
                        self.ground.logger.warning(
                            "A card could not be settled",
                            metadata: ["card": "\(card.id)", "tenant": "\(scope.tenant)", "error": "\(error)"])
                    }
                }
            }
        }
    }

    private func ground(
        for waiting: [KeptCard], at now: Date, in scope: TenantScope
    ) async throws -> CardGround {
        let chain = try await keys.chain(in: scope)
        let opened = try await EgressOpenings(database: database)(in: scope)
        let users = Array(Set(waiting.map(\.user)))
        var open: [MessengerChannelID: OpenChannel] = [:]
        var subjects: [MessengerChannelID: [UserID: String]] = [:]
        for sealed in try await channels.sealed(Array(Set(waiting.map(\.channel))), in: scope, database) {
            let channel = sealed.channel
            let vault = try ChannelVault(sealed.sealed, of: channel.id, chain)
            open[channel.id] = OpenChannel(channel, vault.secrets, opened: opened, in: scope)
            if let provider = channel.provider {
                subjects[channel.id] = try await people.subjects(users, provider, scope)
            }
        }
        var requests: [TicketID: ApprovalCard] = [:]
        for ticket in Set(waiting.map(\.ticket)) { requests[ticket] = try await desk.card(ticket, scope) }
        return CardGround(
            channels: open, requests: requests, people: try await people.people(users, scope), subjects: subjects,
            portal: try await portal(scope), scope: scope)
    }

    private func deliver(
        _ kept: KeptCard, on ground: CardGround, clock: @escaping @Sendable () -> Date
    ) async throws {
        let scope = ground.scope
        guard let channel = ground.channels[kept.channel], channel.channel.state == .enabled,
            let request = ground.requests[kept.ticket]
        else { return try await end(kept, because: nil, at: clock(), in: scope) }
        let person = ground.people[kept.user]
        let face = CardFace(
            request, for: kept, inRoom: channel.vendor.room != nil, language: CardLanguage(tag: person?.language ?? ""),
            portal: ground.portal)
        let isOver = request.state != .open
        // Whom nobody asks any more is not told of it.
        if kept.handle == nil, face.mode == .closed || person == nil {
            return try await end(kept, because: nil, at: clock(), in: scope)
        }
        do {
            var card = kept
            card.level = request.level(of: kept.user)?.number
            card.digest = request.digest
            card.shown = face.fingerprint
            if let handle = kept.handle {
                if kept.shown != card.shown, channel.vendor.isWorthAnUpdate(handle, to: face) {
                    try await cards.prepare(card, in: scope, database)
                    let turn = try await ask(
                        channel.vendor.update(handle, with: face, of: kept.address ?? ""), through: channel, at: clock()
                    )
                    if case .sent(let new) = turn { card.handle = new }
                }
            } else {
                guard let person,
                    let address = try await address(of: kept.user, person, through: channel, ground, at: clock())
                else {
                    return try await end(
                        kept, because: "Nobody there is known to be this person.", at: clock(), in: scope)
                }
                card.address = address
                try await cards.prepare(card, in: scope, database)
                let once = "gh-\(kept.nonce)"
                guard
                    case .sent(let handle) = try await ask(
                        channel.vendor.send(face, to: address, once: once), through: channel, at: clock())
                else { throw VendorFault(.refused, "The vendor has not said which message it is.") }
                card.handle = handle
            }
            try await cards.settle(card, isOver: isOver, at: clock(), in: scope, database)
        } catch {
            guard let fault = VendorFault.of(error) else { throw CancellationError() }
            try await settle(fault, of: kept, through: channel.channel, at: clock(), in: scope)
        }
    }

    /// Where somebody is at the vendor: by their link, or by what the vendor says of their mail address.
    private func address(
        of user: UserID, _ person: CardPerson, through channel: OpenChannel, _ ground: CardGround, at now: Date
    ) async throws -> String? {
        if let room = channel.vendor.room { return room }
        switch channel.channel.people {
        case .links: return ground.subjects[channel.channel.id]?[user].flatMap(channel.vendor.address(ofSubject:))
        case .email: return try await address(of: user, person, through: channel, at: now, in: ground.scope)
        }
    }

    func address(
        of user: UserID, _ person: CardPerson, through channel: OpenChannel, at now: Date, in scope: TenantScope
    ) async throws -> String? {
        guard let email = person.email?.lowercased(), !email.isEmpty else { return nil }
        let known = try await channels.addresses(
            of: [user], in: channel.channel.id, since: now.addingTimeInterval(-86_400), scope: scope, database)
        if let found = known.first(where: { $0.email == email }) { return found.address }
        guard let question = channel.vendor.lookUp(email: email),
            case .address(let address?) = try await ask(question, through: channel, at: now), !address.isEmpty
        else { return nil }
        try await channels.keep(
            address, of: user, email: email, in: channel.channel.id, at: now, scope: scope, database)
        return address
    }

    private func settle(
        _ fault: VendorFault, of card: KeptCard, through channel: MessengerChannel, at now: Date, in scope: TenantScope
    ) async throws {
        switch fault.kind {
        case .rest(let asked):
            let pause = min(max(asked ?? 30, 1), 3600)
            try await channels.note(
                fault.text, of: channel.id, restingUntil: now.addingTimeInterval(pause), in: scope, database)
            try await cards.postpone(
                card, to: now.addingTimeInterval(pause), counting: false, because: fault.text, in: scope, database)
        case .again, .staleToken:
            guard card.attempts + 1 < Self.mostAttempts else { return try await bury(card, fault, channel, now, scope) }
            var random = SystemRandomNumberGenerator()
            let delay = Self.pause(after: card.attempts, using: &random)
            // A vendor who does not answer keeps places that others need: it is left alone for a while.
            let rest = card.attempts > 0 ? now.addingTimeInterval(min(delay, 30)) : nil
            try await channels.note(fault.text, of: channel.id, restingUntil: rest, in: scope, database)
            try await cards.postpone(
                card, to: now.addingTimeInterval(delay), counting: true, because: fault.text, in: scope, database)
        case .refused: try await bury(card, fault, channel, now, scope)
        }
    }

    /// 2 s, 8 s, half a minute, and so on up to half an hour, each a little different for each card.
    static func pause(after attempts: Int, using random: inout some RandomNumberGenerator) -> TimeInterval {
        let whole = min(2 * pow4(attempts), 1800)
        return whole * Double.random(in: 0.8...1.2, using: &random)
    }

    private static func pow4(_ exponent: Int) -> Double {
        (0..<max(0, min(exponent, 10))).reduce(1.0) { value, _ in value * 4 }
    }

    private func bury(
        _ card: KeptCard, _ fault: VendorFault, _ channel: MessengerChannel, _ now: Date, _ scope: TenantScope
    ) async throws {
        try await channels.note(fault.text, of: channel.id, restingUntil: nil, in: scope, database)
        try await database.transaction(in: scope) { tx in
            guard try await cards.end(card, as: "dead", because: fault.text, at: now, in: scope, tx) else { return }
            // Whoever has the card has been asked; whoever has none hears of it another way.
            guard card.handle == nil else { return }
            try await Outbox().publish(
                MessengerEvents.undelivered(card, through: channel, because: fault.text, at: now), in: scope, tx)
        }
    }

    private func end(_ card: KeptCard, because text: String?, at now: Date, in scope: TenantScope) async throws {
        try await database.transaction(in: scope) { tx in
            _ = try await cards.end(card, as: "closed", because: text, at: now, in: scope, tx)
        }
    }

    /// Forgets what no callback can bring up any more.
    package func sweep(at now: Date) async throws {
        try await CardClaims(database: database).sweep(before: now.addingTimeInterval(-86_400))
    }
}

extension CardFace {
    /// The same for what looks the same.
    var fingerprint: [UInt8] {
        var words = [
            mode.rawValue, language.rawValue, reference, link, "\(card.number)", card.kind, card.requester, card.reason,
            card.risk ?? "", card.state.rawValue, card.digest, card.deadline.map(Timestamp.text) ?? "",
        ]
        words += card.facts.flatMap { [$0.label] + $0.values }
        words += text.path(card)
        return Hash256.of(JSON.array(words.map(JSON.string)).bytes).bytes
    }
}
