import Access
import Audit
import FoundationEssentials
import Identity
import Kernel
import Notifications
import Tickets

/// What people hear of what they hold: access, roles for a while, and the seats of others.
extension NoticeEvents {
    func endingSoon(_ event: DomainEvent) -> [Notice] {
        guard let user = event.data["user"]?.text.flatMap({ UserID($0) }),
            let end = event.data["endsAt"]?.text.flatMap(Timestamp.parse)
        else { return [] }
        return [
            Notice(
                .grantEndingSoon, occasion: event.id.text, to: .people([user]),
                ["name": .text(event.data["name"]?.text ?? ""), "end": .time(end)], link: "/my/assets")
        ]
    }

    /// Of an end that was known those who asked for it: what administrators gave has people by the hundred. Of one that comes
    /// early all who are named, and in a round whoever is of a group that is, however many they are. Nobody learns of a
    /// denial.
    func ended(_ event: DomainEvent, in scope: TenantScope) async throws -> NoticeNews {
        guard let (grant, type) = try await end(event, in: scope) else { return NoticeNews() }
        var texts = ["name": grant.name]
        if event.type == AccessEvents.revokedType { texts["reason"] = event.data["reason"]?.text ?? "" }
        let link = "/my/assets"
        return NoticeNews(
            notices: [
                Notice(
                    type, occasion: event.id.text, to: .people(grant.users.map(\.id)),
                    texts.mapValues { .text($0) }, link: link)
            ],
            round: grant.groups.isEmpty
                ? nil : NoticeRound(type, of: event.id, to: grant.groups.map(\.id), texts, link: link))
    }

    /// The access that is over, and as what its people hear of it; nil if they do not.
    private func end(_ event: DomainEvent, in scope: TenantScope) async throws -> (Grant, NoticeType)? {
        guard let id = GrantID(event.subject) else { return nil }
        let grant: Grant
        do {
            grant = try await access.find(id, in: scope)
        } catch AccessError.notFound {
            return nil
        }
        guard grant.effect == .allow else { return nil }
        switch event.type {
        case AccessEvents.revokedType: return try await isToldByReview(grant, in: scope) ? nil : (grant, .grantRevoked)
        case AccessEvents.unusedType: return (grant, .grantUnused)
        default: return grant.source == .ticket ? (grant, .grantEnded) : nil
        }
    }

    /// Whether the end is what a reviewer of emergency access has said: whoever took it hears that of their request.
    private func isToldByReview(_ grant: Grant, in scope: TenantScope) async throws -> Bool {
        guard let ticket = grant.ticket, let card = try await card(of: ticket, in: scope) else { return false }
        return card.kind == BreakGlassKind.kind && card.state == .rejected
    }

    func roleEnded(_ event: DomainEvent) -> [Notice] {
        guard let user = UserID(event.subject) else { return [] }
        func text(_ name: String) -> Notice.Value { .text(event.data[name]?.text ?? "?") }
        return [
            Notice(
                .roleEnded, occasion: event.id.text, to: .people([user]),
                [
                    "role": text("name"), "organization": text("organizationName"),
                    "because": .word(event.data["because"]?.text == "time" ? "time-over" : "taken-back"),
                ], link: "/profile")
        ]
    }

    /// Both hear that one stands in for the other; that it is over whoever did not end it.
    func delegated(_ event: DomainEvent, in scope: TenantScope) async throws -> [Notice] {
        guard let id = DelegationID(event.subject), let giver = event.data["user"]?.text.flatMap({ UserID($0) }) else {
            return []
        }
        let delegation: Delegation
        do {
            delegation = try await tickets.delegation(id, of: giver, in: scope)
        } catch TicketError.notFound {
            return []
        }
        let both = [giver, delegation.to.id]
        let names: [String: Notice.Value] = [
            "giver": .text(delegation.from.name), "deputy": .text(delegation.to.name),
        ]
        func notice(_ type: NoticeType, _ people: [UserID], _ more: [String: Notice.Value] = [:]) -> [Notice] {
            [
                Notice(
                    type, occasion: event.id.text, to: .people(people), names.merging(more) { $1 }, link: "/profile")
            ]
        }
        guard event.type == DelegationEvents.createdType else {
            let ender = event.data["by"]?.text.flatMap { UserID($0) }
            return notice(.delegationEnded, both.filter { $0 != ender })
        }
        // It may have been ended by now.
        guard delegation.endedAt == nil else { return [] }
        return notice(
            .delegationCreated, both,
            [
                "start": .time(delegation.startsAt), "end": .time(delegation.endsAt),
                "comment": .lines(delegation.note),
            ])
    }
}
