import Cryptography
import FoundationEssentials
import Kernel
import Postgres

/// A kind of browser on a kind of machine, as far as its name tells: without numbers, since those change every month.
struct BrowserKind: Sendable {
    let hash: [UInt8]

    /// Nil for what says no name.
    init?(_ userAgent: String?) {
        let letters = (userAgent ?? "").lowercased().filter(\.isLetter)
        guard !letters.isEmpty else { return nil }
        hash = Hash256.of(Array(letters.utf8)).bytes
    }
}

/// The rows of browsers that people came with.
enum FamiliarBrowserStore {
    private static let most = 10

    /// What is not familiar about a sign-in.
    struct Look: Sendable {
        let knowsPerson: Bool
        let knowsAddress: Bool
        let knowsBrowser: Bool
    }

    /// What is known of a person before they come in; a browser that says no name is none to look at, and
    /// the first one is no news beside an address that is known.
    static func look(
        at user: UserID, from source: SourceAddress, with browser: BrowserKind?, _ now: Date, in scope: TenantScope,
        _ tx: Transaction
    ) async throws -> Look? {
        let since = now - FamiliarAddressStore.lifetime
        return try await tx.first(
            """
            select count(*) > 0, coalesce(bool_or(a.address = \(source.text)), false), \(browser == nil) or not exists (
              select from familiar_browsers n
              where n.tenant_id = \(scope.tenant) and n.user_id = \(user) and n.signed_in_at > \(since))
            or exists (
              select from familiar_browsers b
              where b.tenant_id = \(scope.tenant) and b.user_id = \(user) and b.agent_hash = \(browser?.hash)
                and b.signed_in_at > \(since))
            from familiar_addresses a
            where a.tenant_id = \(scope.tenant) and a.user_id = \(user) and a.signed_in_at > \(since)
            """
        ) { Look(knowsPerson: try $0.next(), knowsAddress: try $0.next(), knowsBrowser: try $0.next()) }
    }

    /// Somebody came in with it. The oldest of many makes room.
    static func note(
        _ user: UserID, _ browser: BrowserKind, at now: Date, in scope: TenantScope, _ tx: Transaction
    ) async throws {
        try await tx.enqueue(
            """
            with gone as (
              delete from familiar_browsers f where f.tenant_id = \(scope.tenant) and f.user_id = \(user)
                and f.agent_hash in (
                  select o.agent_hash from familiar_browsers o
                  where o.tenant_id = \(scope.tenant) and o.user_id = \(user) and o.agent_hash <> \(browser.hash)
                  order by o.signed_in_at desc, o.agent_hash offset \(most - 1)))
            insert into familiar_browsers (tenant_id, user_id, agent_hash, signed_in_at)
            values (\(scope.tenant), \(user), \(browser.hash), \(now))
            on conflict (tenant_id, user_id, agent_hash) do update set signed_in_at = excluded.signed_in_at
            """)
    }
}
