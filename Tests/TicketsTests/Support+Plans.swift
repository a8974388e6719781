import Access
import Assets
import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres
import Stage
import TestSupport

@testable import Tickets

extension Tickets {
    /// The path that the flows alone have for a request, filled.
    func plan(
        _ draft: TicketDraft, by requester: UserID, at now: Date, in scope: TenantScope, _ transaction: Transaction
    ) async throws -> FlowPlan {
        let plan = try await drawn(draft, by: requester, at: now, in: scope, transaction)
        try plan.checkFilled()
        return plan
    }
}

extension Desk {
    /// A request on a path that the test lays out.
    func open(
        _ levels: [PlannedLevel], isParallel: Bool = false, by user: UserID? = nil, copies: [UserID] = [],
        risk: TicketRisk = .medium, approvesItself: Bool = false, because: [String] = []
    ) async throws -> Ticket {
        let flow = try await flowID()
        let plan = FlowPlan(
            flow: flow, flowName: "Laid out", because: because, risk: risk, levels: levels, isParallel: isParallel,
            approvesItself: approvesItself, copies: copies)
        let asker = user ?? rita
        let id = try await tickets.open(
            TicketDraft(request()), on: plan, by: asker, at: stage.now, audit: .discarding, in: scope)
        return try await tickets.find(id, for: asker, at: stage.now, in: scope)
    }

    /// Some flow, since a request names one.
    private func flowID() async throws -> FlowID {
        let found = try await stage.database.first(
            "select flow_id from flows where tenant_id = \(scope.tenant) limit 1", in: scope
        ) { try $0.next(FlowID.self) }
        if let found { return found }
        return try await makeFlow().id
    }

    /// Lets a person have an address.
    func give(_ user: UserID, _ address: String) async throws {
        try await stage.database.execute("update users set email = \(address) where user_id = \(user)", in: scope)
    }

    @discardableResult
    func handOver(
        _ from: UserID, to: UserID, after start: TimeInterval = 0, for seconds: TimeInterval = 86_400
    ) async throws -> Delegation {
        try await tickets.delegate(
            CreateDelegation(
                to: Colleague(to), note: "away", startsAt: stage.now.addingTimeInterval(start),
                endsAt: stage.now.addingTimeInterval(start + seconds)),
            by: from, at: stage.now, audit: .discarding, in: scope)
    }

    func reassign(
        _ ticket: Ticket, level: Int = 1, from: UserID? = nil, to: UserID, by user: UserID, isManager: Bool = false
    ) async throws -> Ticket {
        try await tickets.reassign(
            ticket.id, ReassignSeat(level: level, from: from, to: Colleague(to)), by: user,
            managed: isManager ? scope : nil,
            at: stage.now, audit: .discarding, in: scope)
    }

    func sweep() async throws -> Int { try await tickets.moveDueTickets(at: stage.now, trail: stage.trail) }

    func inbox(of user: UserID) async throws -> [Int] {
        let page = try PageRequest.parse(#"state eq "open""#, Ticket.listing)
        return try await tickets.inbox(page, of: user, at: stage.now, in: scope).rows.map(\.number)
    }

    /// How many grants came of a request.
    func grants(of ticket: Ticket) async throws -> Int {
        try await stage.count("select count(*) from grants where ticket_id = \(ticket.id)", in: scope)
    }

    /// What is said of the newest event of a type.
    func newest(_ type: String) async throws -> JSON? {
        try await stage.database.first(
            "select data from events where tenant_id = \(scope.tenant) and type = \(type) order by sequence desc limit 1",
            in: scope
        ) { try $0.next(JSON.self) }
    }
}

extension PlannedLevel {
    static func of(
        _ users: UserID..., named name: String = "Level", quorum: Int = 1, deadline: Int = 3600, reminder: Int? = nil,
        lapse: Lapse = .expired, escalation: Escalation? = nil, needsPasskey: Bool = false,
        needsComment: CommentNeed = .never
    ) -> PlannedLevel {
        PlannedLevel(
            name: name, seats: users.map { Seat(user: $0, reason: .named) }, quorum: quorum, deadline: deadline,
            reminder: reminder, lapse: lapse, escalation: escalation, needsPasskey: needsPasskey,
            needsComment: needsComment)
    }
}
