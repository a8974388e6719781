import Audit
package import FoundationEssentials
package import HTTPAPI
package import Kernel
import Postgres

/// The body by which more people are told about a request.
package struct CopyTicket: WireValue {
    package let people: [Colleague]

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("people", \.people, count: 1...20)
    }
}

extension Tickets {
    private static let mostCopies = 50

    /// Has more people see a request, which they do not decide. Who sees it may do that.
    package func copy(
        _ id: TicketID, _ request: CopyTicket, by user: UserID, readable: TenantScope? = nil, at now: Date,
        audit: AuditDraft, in scope: TenantScope
    ) async throws -> Ticket {
        let ticket = try await find(id, for: user, readable: readable, at: now, in: scope)
        guard ticket.copies.count + request.people.count <= Self.mostCopies else {
            throw FieldErrors(errors: [
                FieldError(pointer: "/people", message: "at most \(Self.mostCopies) people are told")
            ])
        }
        try await database.transaction(in: scope) { transaction in
            let found = try await delegationStore.people(request.people, in: scope, transaction)
            let unknown = request.people.indices.filter { found[$0] == nil }
            guard unknown.isEmpty else {
                throw FieldErrors(
                    errors: unknown.map {
                        FieldError(pointer: "/people/\($0)", message: "must be an active person")
                    })
            }
            let people = request.people.indices.compactMap { found[$0]?.id }
            try await store.copy(people, on: id, by: user, at: now, in: scope, transaction)
            audit.target("ticket", id.text, name: "#\(ticket.number)")
            audit.detail("people", .array(people.map { .string($0.text) }))
            try await audit.write(in: transaction)
            try await outbox.publish(
                TicketEvents.copied(id, ticket.number, to: people, by: user, at: now), in: scope, transaction)
        }
        return try await find(id, for: user, readable: readable, at: now, in: scope)
    }
}
