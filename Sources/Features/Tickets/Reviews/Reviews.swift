package import Audit
package import FoundationEssentials
import HTTPAPI
package import Kernel
package import Postgres

/// What people wait for at a door: sign-ins, connections and commands that need the word of somebody else. Each is a request
/// like any other, decided wherever requests are decided.
package struct Reviews: Sendable {
    /// So many at once are no longer somebody who wants to come in.
    package static let mostOfOnePerson = 5
    package static let mostFromOneAddress = 500
    package static let mostInOneTenant = 5_000
    /// Whoever has not been seen for so long is gone.
    static let patience: TimeInterval = 90
    private static let kept: TimeInterval = 86_400

    let tickets: Tickets
    package let hub: ReviewHub
    let trail: AuditLog
    private var store: ReviewStore { ReviewStore() }

    package init(tickets: Tickets, hub: ReviewHub, trail: AuditLog) {
        self.tickets = tickets
        self.hub = hub
        self.trail = trail
    }

    /// How the attempt stands; whoever it takes is asked, if they were not. It is part of the caller's transaction, in which
    /// what waits is kept, and until whose end nobody else asks about the same person.
    package func ask(
        _ question: ReviewQuestion, at now: Date, in scope: TenantScope, _ transaction: Transaction
    ) async throws -> ReviewStanding {
        try await store.hold(question.requester, in: scope, transaction)
        if let found = try await store.find(question, at: now, in: scope, transaction) {
            switch found.state {
            case .open:
                try await store.see(found.ticket, at: now, in: scope, transaction)
                return .waits(found.ticket, until: found.end)
            case .approved:
                try await store.use(found.ticket, at: now, in: scope, transaction)
                return .approved(found.ticket)
            case .rejected, .expired: return .rejected
            // Whoever is not connected comes again, and means it.
            case .withdrawn: if question.isAttended { return .withdrawn }
            }
        }
        guard try await !store.isCrowded(question, at: now, in: scope, transaction) else { return .crowded }
        let seats = try await seats(
            among: question.seats, about: question.requester, at: now, in: scope, transaction)
        guard !seats.isEmpty else { return .nobody }
        return .waits(
            try await open(question, asking: seats, at: now, in: scope, transaction),
            until: now.addingTimeInterval(Double(question.lifetime)))
    }

    /// Whether any of these could answer what this person waits for.
    package func canAnswer(
        _ seats: [Seat], about user: UserID, at now: Date, in scope: TenantScope, _ transaction: Transaction
    ) async throws -> Bool {
        try await !self.seats(among: seats, about: user, at: now, in: scope, transaction).isEmpty
    }

    /// Takes back what an attempt waits for: the person has given up, or is gone.
    package func withdraw(
        _ attempt: String, of user: UserID, at now: Date, in scope: TenantScope, _ transaction: Transaction
    ) async throws {
        for ticket in try await store.open(attempt, of: user, in: scope, transaction) {
            try await withdraw(ticket, of: user, because: "given-up", at: now, in: scope, transaction)
        }
    }

    /// Voids what was asked under these rules and let nobody in yet, also what was agreed to: whoever waits for it asks again.
    package func void(
        _ rules: [UUID], at now: Date, in scope: TenantScope, _ transaction: Transaction
    ) async throws {
        for (ticket, user) in try await store.void(rules, at: now, in: scope, transaction) {
            try await withdraw(ticket, of: user, because: "rule-changed", at: now, in: scope, transaction)
        }
    }

    /// Ends what these people wait for to come in, also what was agreed to and let nobody in yet: they were signed out, and
    /// what they have proven counts no more.
    package func end(
        signInsOf users: [UserID], at now: Date, in scope: TenantScope, _ transaction: Transaction
    ) async throws {
        for (ticket, user) in try await store.void(signInsOf: users, at: now, in: scope, transaction) {
            try await withdraw(ticket, of: user, because: "sign-in-ended", at: now, in: scope, transaction)
        }
    }

    /// The names of those who are asked about this.
    package func asked(
        about ticket: TicketID, in scope: TenantScope, _ transaction: Transaction
    ) async throws -> [String] {
        try await store.asked(ticket, in: scope, transaction)
    }

    /// How what this person waits for stands, who asks for it still; nil if it is nothing of theirs.
    package func state(
        of ticket: TicketID, for user: UserID, at now: Date, in scope: TenantScope
    ) async throws -> TicketState.Word? {
        try await store.state(of: ticket, for: user, at: now, in: scope, tickets.database)
    }

    /// Notes that these are waited for. Those of them that are over.
    package func look(
        at waiting: [(tenant: TenantID, ticket: TicketID)], at now: Date
    ) async throws -> [TicketID] {
        try await store.look(at: waiting, at: now, tickets.database)
    }

    /// Takes back what this person waits for, if they still do.
    package func withdraw(
        _ ticket: TicketID, of user: UserID, at now: Date, in scope: TenantScope
    ) async throws {
        try await tickets.database.transaction(in: scope) { transaction in
            guard try await store.requester(of: ticket, in: scope, transaction) == user else { return }
            try await withdraw(ticket, of: user, because: "given-up", at: now, in: scope, transaction)
        }
    }

    /// Takes back what nobody waits for any more. Returns how many it were; call again while it is 500. One that cannot be
    /// taken back keeps no other from it.
    package func withdrawAbandoned(at now: Date) async throws -> Int {
        let (database, then) = (tickets.database, now.addingTimeInterval(-Self.patience))
        let left = try await store.left(since: then, at: now, database)
        var failure: (any Error)?
        for (tenant, ticket) in left {
            let scope = TenantScope(tenant: tenant)
            do {
                try await database.transaction(in: scope) { transaction in
                    // Somebody may have come again meanwhile.
                    let user = try await store.requester(of: ticket, unseenSince: then, in: scope, transaction)
                    guard let user else { return }
                    try await withdraw(ticket, of: user, because: "gone", at: now, in: scope, transaction)
                }
            } catch {
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
        return left.count
    }

    /// Forgets what is over for long.
    package func prune(at now: Date) async throws {
        try await store.prune(before: now.addingTimeInterval(-Self.kept), tickets.database)
    }

    private func withdraw(
        _ ticket: TicketID, of user: UserID, because reason: String, at now: Date, in scope: TenantScope,
        _ transaction: Transaction
    ) async throws {
        guard let (number, before) = try await tickets.store.lock(ticket, in: scope, transaction),
            case .open = before.state
        else { return }
        try await tickets.withdraw(before, number, by: user, at: now, in: scope, transaction)
        let entry = AuditEntry(
            action: "ticket.withdrawn", actor: .system("review"), target: .init("ticket", ticket, "#\(number)"),
            details: ["reason": .string(reason)], at: now)
        try await trail.append(entry, in: scope, transaction)
    }

    private func open(
        _ question: ReviewQuestion, asking seats: [Seat], at now: Date, in scope: TenantScope,
        _ transaction: Transaction
    ) async throws -> TicketID {
        let level = PlannedLevel(name: "Review", seats: seats, deadline: question.lifetime, lapse: .rejected)
        let plan = FlowPlan(
            flow: nil, flowName: question.ruleName, because: ["rule"], risk: .medium, levels: [level])
        let routed = try await tickets.routed(
            question.draft(), on: plan, by: question.requester, at: now, in: scope, transaction)
        let number = try await tickets.store.takeNumber(in: scope, transaction)
        let progress = try await tickets.open(
            routed, number, by: question.requester, from: nil, at: now, audit: .discarding, in: scope, transaction)
        try await store.insert(question, as: progress.id, at: now, in: scope, transaction)
        let entry = AuditEntry(
            action: "ticket.opened", actor: .user(question.requester, question.name),
            target: .init("ticket", progress.id, "#\(number)"),
            details: ["kind": .string(question.kind.rawValue), "rule": .string(question.ruleName)],
            clientAddress: question.clientAddress, at: now)
        try await trail.append(entry, in: scope, transaction)
        return progress.id
    }

    /// Those who are asked and can answer: not the person themself with any account, and each person with one.
    private func seats(
        among seats: [Seat], about requester: UserID, at now: Date, in scope: TenantScope, _ transaction: Transaction
    ) async throws -> [Seat] {
        let users = Set(seats.map(\.user)).subtracting([requester])
        guard !users.isEmpty else { return [] }
        let able = try await tickets.deciders.among(Array(users), now, scope, transaction)
        let people = try await tickets.store.people(able.union([requester]), in: scope, transaction)
        return people.seats(seats, of: able, besides: requester)
    }
}

extension Tickets {
    /// Wakes whoever waits for this, once it is committed that it is over.
    func wake(_ ticket: TicketProgress, in scope: TenantScope, _ transaction: Transaction) async throws {
        if case .open = ticket.state { return }
        guard kinds[ticket.kind]?.isAwaited ?? false else { return }
        let text = "\(scope.tenant.text) \(ticket.id.text)"
        try await transaction.enqueue("select pg_notify(\(ReviewHub.channel), \(text))")
    }
}
