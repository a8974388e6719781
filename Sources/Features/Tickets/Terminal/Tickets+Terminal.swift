package import Assets
package import FoundationEssentials
package import Kernel
import Postgres

// What people see and answer at a terminal, where there are no pages to turn.
extension Tickets {
    /// The newest requests of a person, or those that wait for them: those that end first come first then.
    package func newest(
        _ limit: Int, waitingFor user: UserID, at now: Date, in scope: TenantScope
    ) async throws -> [(card: TicketCard, turn: TicketTurn?)] {
        let found = try await store.first(
            limit, where: TicketStore.waiting(for: user, at: now, in: scope), by: "t.deadline, t.ticket_id", in: scope,
            database)
        return try await turned(found, of: user, at: now, in: scope).map { (card(of: $0), $0.turn) }
    }

    package func newest(_ limit: Int, of user: UserID, in scope: TenantScope) async throws -> [TicketCard] {
        try await store.first(
            limit, where: " and t.requester_id = \(user)", by: "t.created_at desc, t.ticket_id", in: scope, database
        ).map(card(of:))
    }

    /// One request that concerns the person, and their turn if it is theirs.
    package func card(
        for id: TicketID, to user: UserID, at now: Date, in scope: TenantScope
    ) async throws -> (card: TicketCard, turn: TicketTurn?) {
        let ticket = try await find(id, for: user, at: now, in: scope)
        return (card(of: ticket), ticket.turn)
    }

    /// What this person has asked for already: the newest open request for access to the account.
    package func openRequest(
        of user: UserID, for asset: AssetID, _ account: AccountName, in scope: TenantScope
    ) async throws -> TicketCard? {
        let condition: SQL = """
             and t.requester_id = \(user) and t.state = 'open' and t.kind = 'access' and \(account) = any(t.accounts)
             and exists (select from ticket_assets x
                where x.tenant_id = \(scope.tenant) and x.ticket_id = t.ticket_id and x.asset_id = \(asset))
            """
        return try await store.first(1, where: condition, by: "t.created_at desc, t.ticket_id", in: scope, database)
            .first.map(card(of:))
    }

    /// Whether all of these assets lie in the scope.
    package func has(_ assets: [AssetID], in scope: TenantScope) async throws -> Bool {
        try await store.has(assets, in: scope, database)
    }
}

extension TicketStore {
    fileprivate func first(
        _ limit: Int, where condition: SQL, by order: SQL, in scope: TenantScope, _ database: Database
    ) async throws -> [Ticket] {
        try await database.query(
            """
            select \(fragment: Self.columns)
            from tickets t join user_directory u on u.tenant_id = t.tenant_id and u.user_id = t.requester_id
            where t.tenant_id = \(scope.tenant) \(fragment: condition) order by \(fragment: order) limit \(limit)
            """, in: scope, Self.ticket)
    }
}
