import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres

/// The SQL of rounds. One that is over is in no index that is looked at; it stays a while, so that an event that comes once
/// more begins none.
enum NoticeRoundStore {
    /// Calls the pumps when the transaction commits, and says for whom.
    private static func call(in scope: TenantScope, _ tx: Transaction) async throws {
        try await tx.enqueue("select pg_notify('notice_rounds', \(scope.tenant.text))")
    }

    static func insert(_ round: NoticeRound, at now: Date, in scope: TenantScope, _ tx: Transaction) async throws {
        let texts = JSON.object(round.texts.map { JSON.Member($0, .string($1)) })
        let count = try await tx.execute(
            """
            insert into notice_rounds (tenant_id, event_id, type, groups, texts, link, due_at, created_at)
            values (\(scope.tenant), \(round.event), \(round.type.key), \(round.groups), \(texts), \(round.link), \(now),
              \(now))
            on conflict do nothing
            """)
        if count > 0 { try await call(in: scope, tx) }
    }

    /// Held until the end of the transaction, and how far it has come; nil if it is over.
    static func lock(
        _ event: EventID, in scope: TenantScope, _ tx: Transaction
    ) async throws -> (round: NoticeRound, last: UserID?)? {
        let found: (type: String, groups: [GroupID], texts: JSON, link: String, last: UserID?)? = try await tx.first(
            """
            select type, groups, texts, link, told_up_to from notice_rounds
            where tenant_id = \(scope.tenant) and event_id = \(event) and due_at is not null for update
            """
        ) { row in (try row.next(), try row.next(), try row.next(), try row.next(), try row.next()) }
        guard let found else { return nil }
        // A type that an earlier version had and this one has not is told nobody any more.
        guard let type = NoticeType.named(found.type), case .object(let members) = found.texts else {
            try await end(event, in: scope, tx)
            return nil
        }
        let texts = Dictionary(members.map { ($0.name, $0.value.text ?? "") }) { $1 }
        return (NoticeRound(type, of: event, to: found.groups, texts, link: found.link), found.last)
    }

    /// The round goes on behind that person.
    static func goOn(
        _ event: EventID, from user: UserID, at now: Date, in scope: TenantScope, _ tx: Transaction
    ) async throws {
        try await tx.execute(
            """
            update notice_rounds set told_up_to = \(user), due_at = \(now)
            where tenant_id = \(scope.tenant) and event_id = \(event)
            """)
        try await call(in: scope, tx)
    }

    static func end(_ event: EventID, in scope: TenantScope, _ tx: Transaction) async throws {
        try await tx.execute(
            """
            update notice_rounds set due_at = null where tenant_id = \(scope.tenant) and event_id = \(event)
            """)
    }

    static func prune(before moment: Date, _ database: Database) async throws {
        try await database.execute(
            "delete from notice_rounds where due_at is null and created_at < \(moment)",
            in: SystemScope(reason: "prune rounds of notices"))
    }
}
