import Access
import Audit
import FoundationEssentials
import HTTPAPI
import Kernel
import Logging
import Messaging
import Outbound
import Postgres
import Tenancy
import TestSupport

@testable import Identity
@testable import Tickets

/// Sign-ins that wait in a house, as the requests that they are. Nobody is kept waiting: whoever asks is answered.
struct HouseReviews: Sendable {
    let tickets: Tickets
    let reviews: Reviews

    init(database: Database, keys: TenantKeys, client: HTTPClient) {
        let outbox = Outbox()
        tickets = Tickets(
            database: database, access: Access(database: database, outbox: outbox),
            messaging: Messaging(
                database: database, keys: keys, client: client, events: EventKinds(items: []), questions: .ofFlows),
            outbox: outbox, portal: TicketPortal { _ in "https://acme.example" })
        reviews = Reviews(
            tickets: tickets, hub: ReviewHub(database: database, logger: Logger(label: "tests")),
            trail: AuditLog(database: database))
    }

    private static func seat(_ asked: SignInReviews.Asked) -> Seat {
        Seat(user: asked.user, reason: .init(rawValue: asked.reason.rawValue) ?? .named, detail: asked.detail)
    }

    var port: SignInReviews {
        SignInReviews(
            ask: { [reviews] one, now, scope, transaction in
                let question = ReviewQuestion(
                    .signIn(
                        SignInKind.Content(
                            login: one.login, entrance: one.entrance.rawValue, clientAddress: one.clientAddress,
                            rule: one.ruleName)),
                    by: one.user, one.name, attempt: one.attempt, rule: one.rule.uuid, one.ruleName,
                    from: one.clientAddress,
                    asking: one.asked.map(Self.seat),
                    lifetime: SignInReviews.lifetime, isAttended: one.isAttended)
                return switch try await reviews.ask(question, at: now, in: scope, transaction) {
                case .waits(let ticket, let end): .waits(ticket, until: end)
                case .approved: .approved
                case .rejected: .rejected
                case .withdrawn: .withdrawn
                case .crowded: .crowded
                case .nobody: .nobody
                }
            },
            canAnswer: { [reviews] asked, user, now, scope, transaction in
                try await reviews.canAnswer(asked.map(Self.seat), about: user, at: now, in: scope, transaction)
            },
            withdraw: { [reviews] attempt, user, now, scope, transaction in
                try await reviews.withdraw(attempt, of: user, at: now, in: scope, transaction)
            },
            asked: { [reviews] ticket, scope, transaction in
                try await reviews.asked(about: ticket, in: scope, transaction)
            },
            end: { [reviews] users, now, scope, transaction in
                try await reviews.end(signInsOf: users, at: now, in: scope, transaction)
            },
            wait: { _, _, _, _ in .timeIsUp }, place: { _, _ in nil }, keep: { _, _, _, _, _ in },
            void: { [reviews] rules, now, scope, transaction in
                try await reviews.void(rules.map(\.uuid), at: now, in: scope, transaction)
            }, stir: { _, _ in })
    }
}

extension House {
    /// What waits for the word of this person.
    func waiting(for user: UserID, in scope: TenantScope) async throws -> [Ticket] {
        let ids = try await test.superuser().query(
            """
            select t.ticket_id from tickets t
            join ticket_approvers a on a.tenant_id = t.tenant_id and a.ticket_id = t.ticket_id
            where t.tenant_id = \(scope.tenant) and a.user_id = \(user) and t.state = 'open' and t.deadline > \(now)
            order by t.created_at
            """
        ) { try $0.next(TicketID.self) }
        var found: [Ticket] = []
        for id in ids { found.append(try await reviews.tickets.find(id, for: user, at: now, in: scope)) }
        return found
    }

    @discardableResult
    func decide(
        _ ticket: Ticket, _ outcome: TicketOutcome, by user: UserID, in scope: TenantScope
    ) async throws -> Ticket {
        do {
            return try await reviews.tickets.decide(
                ticket.id,
                DecideTicket(
                    outcome: outcome, comment: "seen them", digest: ticket.digest, assets: nil, accounts: nil,
                    actions: nil, durationSeconds: nil, content: nil, passkey: nil),
                by: user, through: .portal, at: now, audit: .discarding, in: scope)
        } catch let stale as StaleAnswer {
            throw stale.error
        }
    }
}
