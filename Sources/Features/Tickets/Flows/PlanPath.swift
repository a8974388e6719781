import FoundationEssentials
import Kernel
import Postgres

extension Tickets {
    /// The path that a request takes. Throws `noFlow` and `noApprovers`.
    func plan(
        _ draft: TicketDraft, by requester: UserID, at now: Date, in scope: TenantScope, _ transaction: Transaction
    ) async throws -> FlowPlan {
        guard let flow = try await flowStore.standard(in: scope, transaction) else { throw TicketError.noFlow }
        let approvers = try await flowStore.approvers(of: flow.id, for: draft.ask.assets, in: scope, transaction)
            .map { $0.subtracting([requester]) }
        if let empty = approvers.firstIndex(where: \.isEmpty) { throw TicketError.noApprovers(level: empty + 1) }
        guard TicketProgress.canBeDecided(approvers) else { throw TicketError.noApprovers(level: approvers.count) }
        return FlowPlan(
            flow: flow.id, flowName: flow.name,
            levels: zip(flow.levels, approvers).map { level, users in
                PlannedLevel(
                    name: level.name,
                    seats: users.sorted { $0.text < $1.text }.map { Seat(user: $0, reason: .named) },
                    webhook: level.webhook)
            })
    }
}
