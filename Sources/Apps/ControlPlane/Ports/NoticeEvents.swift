import Access
import Assets
import Audit
import FoundationEssentials
import Identity
import Kernel
import Messaging
import Messengers
import Notifications
import Tickets
import Vault

/// Whom an event has told of it, and in a round the members of groups.
struct NoticeNews: Sendable {
    var notices: [Notice] = []
    var round: NoticeRound?
}

/// What people are told of what happens: notices out of domain events. The same event gives the same notices, by the same
/// names, so that one that comes twice is told once.
struct NoticeEvents: Sendable {
    let tickets: Tickets
    let access: Access
    let identity: Identity
    let assets: Assets

    private static let needed = [TicketEvents.levelOpenedType, TicketEvents.reassignedType]
    private static let ends = [TicketEvents.approvedType, TicketEvents.rejectedType, TicketEvents.expiredType]

    static let types =
        needed + ends + Identity.toldByMail + AccessEvents.ends + [
            TicketEvents.remindedType, TicketEvents.escalatedType, TicketEvents.commentedType,
            TicketEvents.copiedType, TicketEvents.breakGlassType, TicketEvents.unreviewedType,
            AccessEvents.endingSoonType, Identity.roleEnded, DelegationEvents.createdType, DelegationEvents.endedType,
            EventKinds.disabled.type, MessengerEvents.undeliveredType, VaultEvents.shownType,
            VaultEvents.endingSoonType, VaultEvents.checkedInType,
        ]

    /// The request that waits for whoever is told, by a text message of its number; nil for all other news.
    static func waiting(_ notice: NoticeMessage) -> TicketID? {
        let types: [NoticeType] = [.decisionNeeded, .reminder, .escalated, .breakGlass]
        guard types.contains(where: { $0.key == notice.type }) else { return nil }
        return notice.link.split(separator: "/").last.flatMap { TicketID(String($0)) }
    }

    /// What an event has people told.
    func news(of event: DomainEvent, in scope: TenantScope) async throws -> NoticeNews {
        if AccessEvents.ends.contains(event.type) { return try await ended(event, in: scope) }
        return NoticeNews(notices: try await notices(of: event, in: scope))
    }

    private func notices(of event: DomainEvent, in scope: TenantScope) async throws -> [Notice] {
        if event.type.hasPrefix("ticket.") { return try await ticketNotices(event, in: scope) }
        if event.type.hasPrefix("secret.") { return try await secretNotices(event, in: scope) }
        switch event.type {
        case MessengerEvents.undeliveredType: return try await undelivered(event, in: scope)
        case let type where Identity.toldByMail.contains(type): return try await signIn(event, in: scope)
        case AccessEvents.endingSoonType: return endingSoon(event)
        case Identity.roleEnded: return roleEnded(event)
        case DelegationEvents.createdType, DelegationEvents.endedType: return try await delegated(event, in: scope)
        case EventKinds.disabled.type:
            return [
                Notice(
                    .webhookDisabled, occasion: event.id.text, to: .administrators,
                    [
                        "name": .text(event.data["name"]?.text ?? ""),
                        "why": .word(event.data["reason"]?.text == "gone" ? "gone" : "failing"),
                    ], link: "/webhooks/" + event.subject)
            ]
        default: return []
        }
    }

    private func ticketNotices(_ event: DomainEvent, in scope: TenantScope) async throws -> [Notice] {
        guard let id = TicketID(event.subject), let card = try await card(of: id, in: scope) else { return [] }
        let facts = card.noticeValues
        let (inbox, own, all) = ("/inbox/\(id.text)", "/requests/\(id.text)", "/tickets/\(id.text)")
        func notice(
            _ type: NoticeType, _ people: [UserID], _ more: [String: Notice.Value] = [:], at link: String,
            asking level: Int? = nil
        ) -> Notice {
            Notice(
                type, occasion: event.id.text, to: .people(people), facts.merging(more) { $1 }, link: link,
                // Whoever stands at a door is gone by the time that a digest comes.
                isUrgent: level != nil && card.isAwaited ? true : nil,
                question: level.map { .init(ticket: id, level: $0) })
        }
        let level = event.data["level"]?.number ?? card.open.first?.level ?? 1
        let deadline: [String: Notice.Value] = ["deadline": .time(card.deadline)]
        switch event.type {
        // It may be decided by now: then nobody is asked any more.
        case let type where Self.needed.contains(type) && card.state == .open:
            return [notice(.decisionNeeded, event.people, deadline, at: inbox, asking: level)]
        case TicketEvents.remindedType where card.state == .open:
            return [notice(.reminder, event.people, deadline, at: inbox, asking: level)]
        case TicketEvents.escalatedType where card.state == .open:
            return [notice(.escalated, event.people, deadline, at: inbox, asking: level)]
        case let type where Self.ends.contains(type):
            var word = String(type.dropFirst("ticket.".count))
            if card.kind == BreakGlassKind.kind, word == "rejected" { word = "objected" }
            var more: [String: Notice.Value] = ["outcome": .word(word)]
            if word != "expired", let last = card.decisions.last {
                more["by"] = .text(last.user.name)
                more["comment"] = .lines(last.comment)
            }
            let requester = card.requester.id
            let copies = card.copies.map(\.id).filter { $0 != requester }
            return [
                notice(.decided, [requester], more, at: own), notice(.copy, copies, ["state": .word(word)], at: own),
            ]
        case TicketEvents.commentedType: return try await commented(event, card, in: scope)
        case TicketEvents.copiedType:
            return [notice(.copy, event.people, ["state": .word(card.state.rawValue)], at: own)]
        case TicketEvents.breakGlassType, TicketEvents.unreviewedType:
            // Who reviews it is sent to their inbox, and administrators to where everything is.
            let type = event.type == TicketEvents.breakGlassType ? NoticeType.breakGlass : .unreviewed
            return [
                notice(type, event.people + card.waitingFor.map(\.id), at: inbox),
                Notice(type, occasion: event.id.text, to: .administrators, facts, link: all),
            ]
        default: return []
        }
    }

    /// Everybody who has to do with the request hears of a remark, but not who made it.
    private func commented(_ event: DomainEvent, _ card: TicketCard, in scope: TenantScope) async throws -> [Notice] {
        let author = event.data["user"]?.text.flatMap { UserID($0) }
        let requester = card.requester.id
        let comments = try await tickets.comments(
            on: card.id, for: requester, readable: scope, at: event.at, in: scope
        ).items
        let said = event.data["comment"]?.text.flatMap { CommentID($0) }
        guard let comment = comments.first(where: { $0.id == said }) else { return [] }
        let values = card.noticeValues.merging([
            "by": .text(comment.user.name), "comment": .lines(comment.text),
        ]) { $1 }
        var others = Set(card.waitingFor.map(\.id))
        others.formUnion(card.decisions.map(\.user.id))
        others.formUnion(card.copies.map(\.id))
        // Whoever handed a seat over and is told nothing else hears no more of it.
        let seated = Set(card.path.flatMap(\.seats).map(\.user.id))
        others.formUnion(comments.map(\.user.id).filter(seated.contains))
        others.remove(requester)
        if let author { others.remove(author) }
        func notice(_ people: [UserID], _ link: String) -> Notice {
            Notice(.comment, occasion: event.id.text, to: .people(people), values, link: link)
        }
        return [
            notice(Array(others), "/inbox/\(card.id.text)"),
            notice(requester == author ? [] : [requester], "/requests/\(card.id.text)"),
        ]
    }

    /// Whoever was not reached by a card is asked the other ways, as long as the request waits for them.
    private func undelivered(_ event: DomainEvent, in scope: TenantScope) async throws -> [Notice] {
        guard let id = TicketID(event.subject), let user = event.data["user"]?.text.flatMap({ UserID($0) }),
            let card = try await card(of: id, in: scope), card.waitingFor.contains(where: { $0.id == user })
        else { return [] }
        let level = card.open.first { stage in stage.seats.contains { $0.user.id == user } }?.level
        return [
            Notice(
                .reminder, occasion: event.id.text, to: .people([user]),
                card.noticeValues.merging(["deadline": .time(card.deadline)]) { $1 }, link: "/inbox/\(id.text)",
                isUrgent: card.isAwaited ? true : nil, question: level.map { .init(ticket: id, level: $0) })
        ]
    }

    func card(of id: TicketID, in scope: TenantScope) async throws -> TicketCard? {
        do {
            return try await tickets.card(for: id, in: scope)
        } catch TicketError.notFound {
            return nil
        }
    }

    /// Those whom a rule names, beside the mail that they get.
    private func signIn(_ event: DomainEvent, in scope: TenantScope) async throws -> [Notice] {
        let people = try await identity.toldOfSignIn(event.data, in: scope)
        func text(_ name: String) -> String { event.data[name]?.text ?? "?" }
        return [
            Notice(
                .signInNoticed, occasion: event.id.text, to: .people(people),
                [
                    "who": .text("\(text("name")) (\(text("login")))"), "address": .text(text("clientAddress")),
                    "rule": .text(text("ruleName")),
                ], link: "/users/\(text("user"))")
        ]
    }
}

extension Features {
    var noticeEvents: NoticeEvents {
        NoticeEvents(tickets: tickets, access: access, identity: identity, assets: assets)
    }
}

extension DomainEvent {
    /// Whom the event itself names as those who are to be told.
    fileprivate var people: [UserID] {
        if let to = data["to"]?.text.flatMap({ UserID($0) }) { return [to] }
        guard case .array(let items)? = data["approvers"] ?? data["people"] else { return [] }
        return items.compactMap { $0.text.flatMap { UserID($0) } }
    }
}

extension JSON {
    fileprivate var number: Int? { if case .int(let number) = self { Int(number) } else { nil } }
}

extension TicketCard {
    fileprivate var noticeValues: [String: Notice.Value] {
        [
            "number": .text("\(number)"), "requester": .text(who), "reason": .text(reason), "what": asked,
        ]
    }

    private var asked: Notice.Value {
        switch kind {
        case SignInKind.kind: .word("sign-in")
        case _ where what.isEmpty: .name(words.name)
        case SecretRequestKind.kind: .secret(of: what)
        case ConnectKind.kind: .connection(to: what)
        case CommandReviewKind.kind:
            .command(facts.first { $0.label == "command" }?.values.first ?? "?", on: what)
        default: .text(what)
        }
    }

    /// Whoever is to let somebody in reads by which name and from where.
    private var who: String {
        guard kind == SignInKind.kind else { return requester.name }
        let more = ["login", "client-address"].compactMap { label in facts.first { $0.label == label }?.values.first }
        return "\(requester.name) (\(more.joined(separator: ", ")))"
    }

    /// The first fact in a few words: the assets, with the accounts on them.
    private var what: String {
        func words(_ fact: TicketFact) -> String {
            fact.values.prefix(3).joined(separator: ", ") + (fact.values.count > 3 ? ", …" : "")
        }
        guard let first = facts.first(where: { $0.form == .text }) else { return "" }
        guard first.label == "assets", let accounts = facts.first(where: { $0.label == "accounts" }) else {
            return words(first)
        }
        return "\(words(first)) (\(words(accounts)))"
    }
}
