import FoundationEssentials
import HTTPAPI
import Identity
import Kernel
import Messengers
import Tickets

extension ApprovalDesk {
    /// Requests are shown and decided by tickets.
    static func of(_ tickets: Tickets, now: @escaping @Sendable () -> Date = { Date() }) -> ApprovalDesk {
        ApprovalDesk(
            card: { ticket, scope in try await cards(of: [ticket], tickets, at: now(), in: scope)[ticket] },
            cards: { asked, scope in try await cards(of: asked, tickets, at: now(), in: scope) },
            decide: { click, audit, scope in
                do {
                    _ = try await tickets.decide(
                        fromMessenger: MessengerClick(
                            ticket: click.ticket, level: click.level, user: click.user,
                            outcome: click.isApproval ? .approved : .rejected, comment: click.comment,
                            digest: click.digest, channel: DecisionChannel(click.vendor)),
                        at: click.at, audit: audit, in: scope)
                    return .counted
                } catch let error as TicketError {
                    return try ApprovalVerdict(error)
                }
            })
    }

    private static func cards(
        of asked: [TicketID], _ tickets: Tickets, at now: Date, in scope: TenantScope
    ) async throws -> [TicketID: ApprovalCard] {
        let cards = try await tickets.cards(for: asked, in: scope)
        let standIns = try await tickets.standIns(of: cards, at: now, in: scope)
        return Dictionary(
            cards.map { ($0.id, ApprovalCard($0, standIns: standIns[$0.id] ?? [:])) }
        ) { first, _ in first }
    }
}

extension ApprovalVerdict {
    /// What stands against an answer; whatever else is wrong goes on as an error.
    fileprivate init(_ error: TicketError) throws {
        self =
            switch error {
            case .notOpen, .expired, .alreadyDecided: .alreadyDecided
            case .ownTicket: .own
            case .notYours, .notFound, .mayNotDecide: .notYours
            case .changed, .nothingLeft, .windowOver, .requesterGone: .changed
            case .needsPasskey: .needsPasskey
            case .needsComment: .needsComment
            default: throw error
            }
    }
}

extension DecisionChannel {
    fileprivate init(_ vendor: ChannelVendor) {
        self =
            switch vendor {
            case .feishu: .feishu
            case .lark: .lark
            case .slack: .slack
            case .dingtalk: .dingtalk
            case .wecom: .wecom
            case .teams: .teams
            }
    }
}

extension ApprovalCard {
    /// Who stands in for somebody has no seat, and may answer as well.
    fileprivate init(_ card: TicketCard, standIns: [Int: Set<UserID>]) {
        let open = Set(card.open.map(\.level))
        let waiting = Set(card.waitingFor.map(\.id))
        let levels = card.path.map { stage in
            ApprovalLevel(
                number: stage.level, name: stage.name, isOpen: open.contains(stage.level),
                seats: open.contains(stage.level)
                    ? waiting.intersection(stage.seats.map(\.user.id)).union(standIns[stage.level] ?? []) : [],
                needsPasskey: stage.needsPasskey,
                commented: Set([true, false].filter { stage.needsComment.covers($0 ? .approved : .rejected) }),
                answers: card.decisions.filter { $0.level == stage.level }.map {
                    ApprovalAnswer(
                        name: $0.user.name, onBehalfOf: $0.onBehalfOf?.name, isApproval: $0.outcome == .approved,
                        changes: $0.changes.map { change in
                            ApprovalChange(
                                from: ApprovalFact(card.fact(change.label, change.before), card.words),
                                to: ApprovalFact(card.fact(change.label, change.after), card.words))
                        })
                })
        }
        self.init(
            ticket: card.id, number: card.number, kind: card.kind.rawValue, kindName: card.words.name,
            requester: card.requester.name, facts: card.facts.map { ApprovalFact($0, card.words) },
            reason: card.reason, risk: card.risk.rawValue, levels: levels,
            state: State(rawValue: card.state.rawValue) ?? .open, digest: card.digest, deadline: card.deadline)
    }
}

extension ApprovalFact {
    /// With the words that its kind has for it.
    fileprivate init(_ fact: TicketFact, _ words: KindWords) {
        self.init(
            fact.label, fact.values, as: Form(rawValue: fact.form.rawValue) ?? .text, name: words.fact(fact.label),
            words: words.values(of: fact.label))
    }
}

extension CardPeople {
    /// People are known by their links at sign-in providers.
    static func of(_ identity: Identity) -> CardPeople {
        CardPeople(
            subjects: { users, link, scope in
                try await identity.subjects(
                    of: users, at: link.provider, trustingDirectory: link.trustsDirectory, in: scope)
            },
            user: { subject, link, scope in
                try await identity.person(
                    known: subject, to: link.provider, trustingDirectory: link.trustsDirectory, in: scope)
            },
            people: { people, scope in
                try await identity.addressees(people, in: scope).mapValues {
                    CardPerson(name: $0.name, email: $0.email, language: $0.language)
                }
            },
            having: { try await identity.people(having: $0, in: $1) },
            isThere: { provider, vendor, company, scope in
                guard let vendor = MessengerVendor(rawValue: vendor.rawValue) else { return false }
                return try await identity.isMessenger(provider, of: vendor, company: company, in: scope)
            })
    }
}
