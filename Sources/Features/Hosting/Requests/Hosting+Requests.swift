package import FoundationEssentials
package import GatewayContract
package import HTTPAPI
package import Kernel
import Postgres
import Sessions

// For people at a terminal who ask for access, or answer those who do.
extension Hosting {
    package func requestable(
        _ question: RequestableQuestion, from worker: WorkerID, at now: Date
    ) async throws -> RequestablePage {
        try await ports.requests.requestable(
            question.words, page: question.page, for: visitor(question.admission, on: worker, at: now))
    }

    package func path(
        of question: RequestPathQuestion, from worker: WorkerID, at now: Date
    ) async throws -> RequestPathAnswer {
        try await ports.requests.path(of: question.wish, for: visitor(question.admission, on: worker, at: now))
    }

    package func ask(
        _ request: NewRequest, from worker: WorkerID, at now: Date, audit: AuditDraft
    ) async throws -> RequestAnswer {
        let visitor = try await visitor(request.admission, on: worker, at: now, audit: audit)
        return try await ports.requests.ask(for: request.wish, because: request.reason, by: visitor, audit: audit)
    }

    package func requests(
        _ question: RequestListQuestion, from worker: WorkerID, at now: Date
    ) async throws -> RequestList {
        try await ports.requests.list(question.view, for: visitor(question.admission, on: worker, at: now))
    }

    package func request(
        _ question: RequestQuestion, from worker: WorkerID, at now: Date
    ) async throws -> RequestAnswer {
        try await ports.requests.show(question.ticket, to: visitor(question.admission, on: worker, at: now))
    }

    package func decide(
        _ decision: RequestDecision, from worker: WorkerID, at now: Date, audit: AuditDraft
    ) async throws -> RequestAnswer {
        let visitor = try await visitor(decision.admission, on: worker, at: now, audit: audit)
        return try await ports.requests.decide(decision, by: visitor, audit: audit)
    }

    package func withdraw(
        _ question: RequestQuestion, from worker: WorkerID, at now: Date, audit: AuditDraft
    ) async throws -> RequestAnswer {
        let visitor = try await visitor(question.admission, on: worker, at: now, audit: audit)
        return try await ports.requests.withdraw(question.ticket, by: visitor, audit: audit)
    }

    package func emergency(
        _ question: EmergencyQuestion, from worker: WorkerID, at now: Date
    ) async throws -> EmergencyAnswer {
        try await ports.requests.emergency(for: visitor(question.admission, on: worker, at: now))
    }

    package func takeEmergency(
        _ taken: NewEmergency, from worker: WorkerID, at now: Date, audit: AuditDraft
    ) async throws -> RequestAnswer {
        let visitor = try await visitor(taken.admission, on: worker, at: now, audit: audit)
        return try await ports.requests.takeEmergency(taken, by: visitor, audit: audit)
    }

    /// A request is open no more: the workers are told at which the person stands who made it, or waits to be let in by it.
    package func requestEnded(
        _ ticket: TicketID, of user: UserID, at now: Date, in scope: TenantScope
    ) async throws {
        try await database.transaction(in: scope) { transaction in
            let workers = try await transaction.query(
                AdmissionStore.workers(of: user, at: now, tenant: scope.tenant)
            ) { row in try row.next(WorkerID.self) }
            let event = WorkerEvent(kind: .decision, ticket: ticket)
            let waiting = try await transaction.query(
                AdmissionStore.waiting(for: ticket, tenant: scope.tenant), WorkerMail.news)
            try await WorkerMail().tell(workers.map { .init(worker: $0, event: event) } + waiting, in: transaction)
        }
    }

    /// Has everybody of the company who waits at a gateway to be let in asked about again.
    package func stirWaiting(in scope: TenantScope) async throws {
        try await database.transaction(in: scope) { try await WorkerMail().stirWaiting(in: scope, $0) }
    }

    /// The person behind an admission, as their own entry in the trail.
    private func visitor(
        _ admission: AdmissionID, on worker: WorkerID, at now: Date, audit: AuditDraft? = nil
    ) async throws -> DeskVisitor {
        let found = try await AdmittedPerson(database: database, identity: ports.identity).unbound(
            admission, on: worker, gateways: gateways, at: now)
        audit?.onBehalf(of: Principal(.user, id: found.user.id.text, name: found.user.name, tenant: found.scope.tenant))
        audit?.detail("clientAddress", .string(found.admission.clientAddress))
        return DeskVisitor(
            user: found.user, clientAddress: found.admission.clientAddress, now: now, scope: found.scope)
    }
}
