package import FoundationEssentials
package import HTTPAPI
package import Kernel
import Postgres

extension Tickets {
    /// All flows.
    package func flows(in scope: TenantScope) async throws -> Flows {
        Flows(items: try await flowStore.all(in: scope, database))
    }

    /// Adds a flow; a default one takes over from the one before.
    package func createFlow(
        _ request: SaveFlow, at now: Date, audit: AuditDraft, in scope: TenantScope
    ) async throws -> Flow {
        let flow = Flow(
            id: .new(at: now), name: request.name, isDefault: request.isDefault, levels: request.levels, version: 1)
        return try await database.transaction(in: scope) { transaction in
            try await flowStore.insert(flow, at: now, in: scope, transaction)
            audit.target("flow", flow.id.text, name: flow.name)
            try await audit.write(in: transaction)
            guard let saved = try await flowStore.find(flow.id, in: scope, transaction) else {
                throw TicketError.flowNotFound
            }
            return saved
        }
    }

    /// Replaces a flow. Requests that are open keep the approvers they were opened with.
    package func replaceFlow(
        _ id: FlowID, _ request: SaveFlow, from version: Int?, audit: AuditDraft, in scope: TenantScope
    ) async throws -> Flow {
        try await database.transaction(in: scope) { transaction in
            guard var flow = try await flowStore.find(id, in: scope, transaction) else {
                throw TicketError.flowNotFound
            }
            guard flow.version == version else { throw TicketError.flowChanged }
            flow.name = request.name
            flow.isDefault = request.isDefault
            flow.levels = request.levels
            flow.version += 1
            try await flowStore.update(flow, in: scope, transaction)
            audit.target("flow", id.text, name: flow.name)
            try await audit.write(in: transaction)
            guard let saved = try await flowStore.find(id, in: scope, transaction) else {
                throw TicketError.flowNotFound
            }
            return saved
        }
    }
}
