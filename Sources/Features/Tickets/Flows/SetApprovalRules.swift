import Audit
package import FoundationEssentials
package import HTTPAPI
package import Kernel
import Postgres

extension Tickets {
    /// The company's rules, and which flows of the scope go below them.
    package func approvalRules(in scope: TenantScope) async throws -> ApprovalRules {
        try await database.transaction(in: scope) { transaction in
            var rules = try await floors.rules(in: scope, transaction)
            let names = try await flowStore.groupNames(
                of: Array(Set(rules.floors.flatMap { $0.conditions.groups.map(\.id) })), in: scope, transaction)
            for index in rules.floors.indices {
                rules.floors[index].conditions.groups = rules.floors[index].conditions.groups.map {
                    FlowGroup(id: $0.id, name: names[$0.id] ?? "")
                }
            }
            guard !rules.floors.isEmpty else { return rules }
            rules.below = try await flowStore.all(in: scope, transaction).filter(\.isEnabled).flatMap { flow in
                rules.floors.filter { $0.isAbove(flow) }.map { floor in
                    FlowBelow(
                        flow: flow.id, flowName: flow.name, organizationName: flow.organizationName, floor: floor.name)
                }
            }
            return rules
        }
    }

    /// Replaces the rules. Flows that go below stay, and ask for what the rules say; requests that are open keep the path
    /// that they were opened with.
    package func setApprovalRules(
        _ request: SetApprovalRules, from version: Int?, at now: Date, audit: AuditDraft, in scope: TenantScope
    ) async throws -> ApprovalRules {
        try await database.transaction(in: scope) { transaction in
            let floors = request.floors.map { floor in
                var floor = floor
                floor.conditions.groups = floor.conditions.groups.map { FlowGroup(id: $0.id) }
                return floor
            }
            let groups = Set(floors.flatMap { $0.conditions.groups.map(\.id) })
            guard try await flowStore.groupNames(of: Array(groups), in: scope, transaction).count == groups.count else {
                throw TicketError.unknownApprover
            }
            let rules = ApprovalRules(
                floors: floors, mostOpenPerPerson: request.mostOpenPerPerson, mostOpen: request.mostOpen, below: [],
                version: version ?? 0)
            guard try await self.floors.save(rules, at: now, in: scope, transaction) else {
                throw TicketError.flowChanged
            }
            audit.detail("floors", .array(try floors.map { try $0.written }))
            audit.detail("mostOpenPerPerson", .int(Int64(request.mostOpenPerPerson)))
            audit.detail("mostOpen", .int(Int64(request.mostOpen)))
            try await audit.write(in: transaction)
        }
        return try await approvalRules(in: scope)
    }

    /// Throws unless the flow, as it would be saved, asks for all that the company's floors do. One that is off asks nobody.
    func checkFloors(_ flow: Flow, in scope: TenantScope, _ transaction: Transaction) async throws {
        guard flow.isEnabled else { return }
        for floor in try await floors.rules(in: scope, transaction).floors where floor.isAbove(flow) {
            throw TicketError.flowBelowFloor(floor: floor)
        }
    }
}
