package import FoundationEssentials
package import HTTPAPI
package import Kernel
import Postgres

extension Tickets {
    /// All flows in the scope, and by name those from above that hold there too.
    package func flows(in scope: TenantScope) async throws -> Flows {
        let items = try await database.transaction(in: scope) { transaction in
            try await named(flowStore.all(in: scope, transaction), in: scope, transaction)
        }
        guard let parts = scope.organizations else { return Flows(items: items, inherited: []) }
        return Flows(items: items, inherited: try await flowStore.above(parts, in: scope, database))
    }

    /// Adds a flow; a default one takes over from the one before in its organization, which is then off.
    package func createFlow(
        _ request: SaveFlow, at now: Date, audit: AuditDraft, in scope: TenantScope
    ) async throws -> Flow {
        let levels = try await fillable(request.levels, in: scope)
        return try await database.transaction(in: scope) { transaction in
            let place = try await flowStore.place(request.organization, in: scope, transaction)
            let flow = Flow(request, id: .new(at: now), at: place, version: 1)
            try await check(flow, before: nil, in: scope, transaction)
            try await flowStore.insert(flow, at: now, in: scope, transaction)
            return try await finish(flow, fillable: levels, audit, in: scope, transaction)
        }
    }

    /// Replaces a flow, which stays in its organization. Requests that are open keep the path they were opened with.
    package func replaceFlow(
        _ id: FlowID, _ request: SaveFlow, from version: Int?, audit: AuditDraft, in scope: TenantScope
    ) async throws -> Flow {
        let levels = try await fillable(request.levels, in: scope)
        return try await database.transaction(in: scope) { transaction in
            guard let before = try await flowStore.lock(id, in: scope, transaction) else {
                throw TicketError.flowNotFound
            }
            guard before.version == version else { throw TicketError.flowChanged }
            guard request.organization == nil || request.organization == before.organization else {
                throw Invalid("cannot be changed", field: "organization")
            }
            let flow = Flow(request, id: id, at: before.organization, version: before.version + 1)
            try await check(flow, before: before, in: scope, transaction)
            try await flowStore.update(flow, in: scope, transaction)
            return try await finish(flow, fillable: levels, audit, in: scope, transaction)
        }
    }

    /// Removes a flow. Requests that are open keep the path they were opened with, and its name.
    ///
    /// The default flow of the company as a whole stays: what no other flow is for would have no path.
    package func deleteFlow(_ id: FlowID, audit: AuditDraft, in scope: TenantScope) async throws {
        try await database.transaction(in: scope) { transaction in
            guard let flow = try await flowStore.lock(id, in: scope, transaction) else {
                throw TicketError.flowNotFound
            }
            guard !flow.isDefault || flow.organization != OrganizationID(scope.tenant.uuid) else {
                throw TicketError.flowNeeded
            }
            try await flowStore.delete(id, in: scope, transaction)
            audit.target("flow", id.text, name: flow.name)
            audit.detail("organization", .string(flow.organization.text))
            try await audit.write(in: transaction)
        }
    }

    /// Whoever is confined to organizations chooses no webhook, since those are the tenant's, and names no group that they do
    /// not see.
    private func check(
        _ flow: Flow, before: Flow?, in scope: TenantScope, _ transaction: Transaction
    ) async throws {
        if scope.organizations != nil {
            let known = Set(before?.levels.compactMap(\.webhook) ?? [])
            guard known.isSuperset(of: flow.levels.compactMap(\.webhook)) else { throw TicketError.unknownApprover }
        }
        let groups = Set(flow.conditions.groups.map(\.id)).subtracting(before?.conditions.groups.map(\.id) ?? [])
        guard !groups.isEmpty else { return }
        guard try await flowStore.groupNames(of: Array(groups), in: scope, transaction).count == groups.count else {
            throw TicketError.unknownApprover
        }
    }

    /// Who could fill each level: the people behind it, and for those who have to do with what is asked for somebody made up,
    /// one owner, one manager, and as many owners of nodes as it wants.
    private func fillable(
        _ levels: [FlowLevel], in scope: TenantScope
    ) async throws -> [(people: Set<UserID>, quorum: Int)] {
        let known = try await flowStore.people(behind: levels, in: scope, database)
        let (owner, manager) = (UserID.new(), UserID.new())
        return zip(levels, known).map { level, known in
            var people = known
            for approver in level.approvers {
                switch approver.relation {
                case .assetOwner: people.insert(owner)
                case .manager: people.insert(manager)
                case .nodeOwner: for _ in 0..<level.quorum { people.insert(.new()) }
                case nil: break
                }
            }
            return (people, level.quorum)
        }
    }

    /// Refuses what nobody can ever decide, and writes the trail.
    private func finish(
        _ flow: Flow, fillable levels: [(people: Set<UserID>, quorum: Int)], _ audit: AuditDraft, in scope: TenantScope,
        _ transaction: Transaction
    ) async throws -> Flow {
        if let level = FlowPlan.unfilled(levels) { throw TicketError.flowImpossible(level: level) }
        try await checkFloors(flow, in: scope, transaction)
        audit.target("flow", flow.id.text, name: flow.name)
        audit.detail("organization", .string(flow.organization.text))
        audit.detail("version", .int(Int64(flow.version)))
        try await audit.write(in: transaction)
        guard let saved = try await flowStore.find(flow.id, in: scope, transaction) else {
            throw TicketError.flowNotFound
        }
        return try await named([saved], in: scope, transaction)[0]
    }

    /// The flows with the names of the groups in their conditions.
    func named(_ flows: [Flow], in scope: TenantScope, _ transaction: Transaction) async throws -> [Flow] {
        let groups = Set(flows.flatMap { $0.conditions.groups.map(\.id) })
        guard !groups.isEmpty else { return flows }
        let names = try await flowStore.groupNames(of: Array(groups), in: scope, transaction)
        return flows.map { flow in
            var flow = flow
            flow.conditions.groups = flow.conditions.groups.map { FlowGroup(id: $0.id, name: names[$0.id] ?? "") }
            return flow
        }
    }
}

extension Flow {
    init(_ request: SaveFlow, id: FlowID, at organization: OrganizationID, version: Int) {
        var conditions = request.conditions
        conditions.groups = conditions.groups.map { FlowGroup(id: $0.id) }
        self.init(
            id: id, organization: organization, organizationName: "", name: request.name, isDefault: request.isDefault,
            isEnabled: request.isEnabled, priority: request.priority, conditions: conditions,
            isParallel: request.isParallel, approvesLowRisk: request.approvesLowRisk, copies: request.copies,
            unusedAfter: request.unusedAfter, levels: request.levels, version: version)
    }
}
