import Access
import Audit
package import FoundationEssentials
package import HTTPAPI
package import Kernel
import Postgres

extension Tickets {
    /// How long a request waits for its answers.
    static let openFor: TimeInterval = 3 * 24 * 3600

    /// Asks for access. The approvers of every level are settled now, and the first level is told.
    ///
    /// `home` is where the assets must lie. Throws `noFlow`, `noApprovers(level:)` when the levels cannot be filled with different people other than the one
    /// who asks, and `unknownAsset`.
    package func open(
        _ request: OpenTicket, by user: UserID, among home: TenantScope? = nil, at now: Date, audit: AuditDraft,
        in scope: TenantScope
    ) async throws -> Ticket {
        if let home, try await !store.has(request.assets, in: home, database) { throw TicketError.unknownAsset }
        let office = try await office(in: scope)
        let id = try await database.transaction(in: scope) { transaction in
            guard let flow = try await flowStore.standard(in: scope, transaction) else { throw TicketError.noFlow }
            let approvers = try await flowStore.approvers(of: flow.id, for: request.assets, in: scope, transaction)
                .map { $0.subtracting([user]) }
            if let empty = approvers.firstIndex(where: \.isEmpty) { throw TicketError.noApprovers(level: empty + 1) }
            guard TicketProgress.canBeDecided(approvers) else {
                throw TicketError.noApprovers(level: approvers.count)
            }
            let progress = TicketProgress(
                id: .new(at: now), requester: user, reason: request.reason, ask: TicketAsk(request),
                state: .open(level: 1), approvers: approvers, deciders: [],
                deadline: now.addingTimeInterval(Self.openFor))
            let number = try await store.insert(progress, flow: flow.id, at: now, in: scope, transaction)
            audit.target("ticket", progress.id.text, name: "#\(number)")
            audit.detail("reason", .string(request.reason))
            try await audit.write(in: transaction)
            try await outbox.publish(TicketEvents.opened(progress, number, at: now), in: scope, transaction)
            try await ask(level: 1, of: progress, number, from: office, at: now, in: scope, transaction)
            return progress.id
        }
        return try await find(id, for: user, in: scope)
    }
}

extension TicketAsk {
    init(_ request: OpenTicket) {
        self.init(
            assets: request.assets.uniqued(), accounts: request.accounts.uniqued(),
            protocols: request.protocols.uniqued(), actions: (request.actions + [.connect]).uniqued(),
            startsAt: request.startsAt, duration: request.durationSeconds)
    }
}

extension Array where Element: Hashable {
    /// Each element once, where it came first.
    fileprivate func uniqued() -> [Element] {
        var seen: Set<Element> = []
        return filter { seen.insert($0).inserted }
    }
}
