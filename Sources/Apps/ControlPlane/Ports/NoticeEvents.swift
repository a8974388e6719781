import Access
import Assets
import Audit
import FoundationEssentials
import Kernel
import Messaging
import Notifications
import Tickets

/// What people are told of what happens: notices out of domain events. The same event gives the same notices, by the same
/// names, so that one that comes twice is told once.
struct NoticeEvents: Sendable {
    let tickets: Tickets
    let access: Access

    private static let needed = ["ticket.opened", "ticket.level-approved", "ticket.level-opened", "ticket.reassigned"]
    private static let ends = ["ticket.approved", "ticket.rejected", "ticket.expired"]

    static let types =
        needed + ends + [
            "ticket.reminded", "ticket.escalated", "ticket.commented", "ticket.break-glass", "grant.ending-soon",
            AccessEvents.endedType, EventKinds.disabled.type,
        ]

    /// The request that waits for whoever is told, by a text message of its number; nil for all other news.
    static func waiting(_ notice: NoticeMessage) -> TicketID? {
        let types: [NoticeType] = [.decisionNeeded, .reminder, .escalated, .breakGlass]
        guard types.contains(where: { $0.key == notice.type }) else { return nil }
        return notice.link.split(separator: "/").last.flatMap { TicketID(String($0)) }
    }

    func notices(of event: DomainEvent, in scope: TenantScope) async throws -> [Notice] {
        if event.type.hasPrefix("ticket.") { return try await ticketNotices(event, in: scope) }
        switch event.type {
        case "grant.ending-soon": return endingSoon(event)
        case AccessEvents.endedType: return try await ended(event, in: scope)
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
        guard let id = TicketID(event.subject), let ticket = try await ticket(id, at: event.at, in: scope) else {
            return []
        }
        let facts = ticket.noticeValues
        let waiting = Notice.Audience.people(event.people ?? ticket.waitingFor.map(\.id))
        let (inbox, own) = ("/inbox/\(id.text)", "/requests/\(id.text)")
        let deadline = facts.merging(["deadline": .time(ticket.deadline)]) { $1 }
        switch event.type {
        case let type where Self.needed.contains(type):
            guard ticket.state == .open else { return [] }
            // By level, and not by event: several may say that the same level waits.
            let level = event.data["level"]?.number ?? ticket.level
            let again = type == "ticket.reassigned" ? "/\(event.id.text)" : ""
            return [
                Notice(
                    .decisionNeeded, occasion: "\(id.text)/\(level)/needed\(again)", to: waiting, deadline, link: inbox,
                    question: .init(ticket: id, level: level))
            ]
        case "ticket.reminded":
            return [
                Notice(
                    .reminder, occasion: event.id.text, to: waiting, deadline, link: inbox,
                    question: .init(ticket: id, level: event.data["level"]?.number ?? ticket.level))
            ]
        case "ticket.escalated":
            return [
                Notice(
                    .escalated, occasion: event.id.text, to: waiting, deadline, link: inbox,
                    question: .init(ticket: id, level: event.data["level"]?.number ?? ticket.level))
            ]
        case let type where Self.ends.contains(type):
            let word = String(type.dropFirst("ticket.".count))
            let last = ticket.decisions.last
            var values = facts.merging(["outcome": .word(word)]) { $1 }
            if word != "expired", let last {
                values["by"] = .text(last.user.name)
                values["comment"] = .lines(last.comment)
            }
            return [
                Notice(
                    .decided, occasion: event.id.text, to: .people([ticket.requester.id]), values, link: own)
            ]
        case "ticket.commented":
            return try await commented(event, ticket, in: scope)
        case "ticket.break-glass":
            let people = Set(ticket.waitingFor.map(\.id))
            return [
                Notice(.breakGlass, occasion: event.id.text, to: .administrators, facts, link: "/tickets/\(id.text)"),
                Notice(
                    .breakGlass, occasion: event.id.text, to: .people(Array(people)), facts, link: inbox),
            ]
        default: return []
        }
    }

    /// Everybody who has to do with the request hears of a remark, but not who made it.
    private func commented(_ event: DomainEvent, _ ticket: Ticket, in scope: TenantScope) async throws -> [Notice] {
        let author = event.data["user"]?.text.flatMap { UserID($0) }
        let comments = try await tickets.comments(
            on: ticket.id, for: ticket.requester.id, readable: scope, at: event.at, in: scope
        ).items
        guard let comment = comments.last(where: { $0.user.id == author }) else { return [] }
        let values = ticket.noticeValues.merging([
            "by": .text(comment.user.name), "comment": .lines(comment.text),
        ]) { $1 }
        let others = Set(ticket.waitingFor.map(\.id) + ticket.decisions.map(\.user.id) + comments.map(\.user.id))
            .subtracting([ticket.requester.id]).filter { $0 != author }
        var notices = [
            Notice(
                .comment, occasion: event.id.text, to: .people(Array(others)), values,
                link: "/inbox/\(ticket.id.text)")
        ]
        if ticket.requester.id != author {
            notices.append(
                Notice(
                    .comment, occasion: event.id.text, to: .people([ticket.requester.id]), values,
                    link: "/requests/\(ticket.id.text)"))
        }
        return notices
    }

    private func ticket(_ id: TicketID, at now: Date, in scope: TenantScope) async throws -> Ticket? {
        do {
            return try await tickets.find(id, for: UserID(id.uuid), readable: scope, at: now, in: scope)
        } catch TicketError.notFound {
            return nil
        }
    }

    private func endingSoon(_ event: DomainEvent) -> [Notice] {
        guard let user = event.data["user"]?.text.flatMap({ UserID($0) }),
            let end = event.data["endsAt"]?.text.flatMap(Timestamp.parse)
        else { return [] }
        return [
            Notice(
                .grantEndingSoon, occasion: "\(event.subject)/ending/\(Timestamp.text(end))", to: .people([user]),
                ["name": .text(event.data["name"]?.text ?? ""), "end": .time(end)], link: "/my/assets")
        ]
    }

    /// Those who asked for it: what administrators gave has people by the hundred.
    private func ended(_ event: DomainEvent, in scope: TenantScope) async throws -> [Notice] {
        guard let id = GrantID(event.subject) else { return [] }
        let grant: Grant
        do {
            grant = try await access.find(id, in: scope)
        } catch AccessError.notFound {
            return []
        }
        guard grant.source == .ticket, grant.effect == .allow else { return [] }
        return [
            Notice(
                .grantEnded, occasion: event.id.text, to: .people(grant.users.map(\.id)), ["name": .text(grant.name)],
                link: "/my/assets")
        ]
    }
}

extension Features {
    var noticeEvents: NoticeEvents { NoticeEvents(tickets: tickets, access: access) }
}

extension DomainEvent {
    /// Whom the event itself names as those who are to be told.
    fileprivate var people: [UserID]? {
        if let to = data["to"]?.text.flatMap({ UserID($0) }) { return [to] }
        guard case .array(let items)? = data["approvers"] else { return nil }
        return items.compactMap { $0.text.flatMap { UserID($0) } }
    }
}

extension JSON {
    fileprivate var number: Int? { if case .int(let number) = self { Int(number) } else { nil } }
}

extension Ticket {
    fileprivate var noticeValues: [String: Notice.Value] {
        let names = assets.prefix(3).map(\.name).joined(separator: ", ") + (assets.count > 3 ? ", …" : "")
        let logins = accounts.prefix(3).map(\.text).joined(separator: ", ")
        return [
            "number": .text("\(number)"), "requester": .text(requester.name), "reason": .text(reason),
            "what": names.isEmpty ? .word("access") : .text(logins.isEmpty ? names : "\(names) (\(logins))"),
        ]
    }
}
