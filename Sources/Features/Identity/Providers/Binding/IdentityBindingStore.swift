import Cryptography
import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres

/// An account that somebody has shown to be theirs, and not bound yet.
struct PendingBinding: Sendable {
    let user: UserID
    let provider: IdentityProviderID
    let subject: String
    let account: String
    let expiresAt: Date
}

/// The rows of bindings that wait for their person's word: one for each browser, and gone with its session.
enum IdentityBindingStore {
    /// Another one takes the place of the one before.
    static func put(
        _ pending: PendingBinding, token: RandomToken, in session: WebSessionID, of scope: TenantScope,
        _ tx: Transaction
    ) async throws {
        try await tx.execute(
            """
            insert into identity_bindings
              (tenant_id, web_session_id, user_id, identity_provider_id, token_hash, subject, account, expires_at)
            values (\(scope.tenant), \(session), \(pending.user), \(pending.provider), \(token.hash.bytes),
              \(pending.subject), \(pending.account), \(pending.expiresAt))
            on conflict (tenant_id, web_session_id) do update set user_id = excluded.user_id,
              identity_provider_id = excluded.identity_provider_id, token_hash = excluded.token_hash,
              subject = excluded.subject, account = excluded.account, expires_at = excluded.expires_at
            """)
    }

    /// Takes it away, so that it counts once: of this person, in this session.
    static func take(
        _ token: String, of user: UserID, in session: WebSessionID, at now: Date, _ scope: TenantScope,
        _ tx: Transaction
    ) async throws -> PendingBinding? {
        let taken = try await tx.first(
            """
            delete from identity_bindings
            where tenant_id = \(scope.tenant) and web_session_id = \(session) and user_id = \(user)
              and token_hash = \(RandomToken.hash(of: token).bytes)
            returning user_id, identity_provider_id, subject, account, expires_at
            """
        ) {
            PendingBinding(
                user: try $0.next(), provider: try $0.next(), subject: try $0.next(), account: try $0.next(),
                expiresAt: try $0.next())
        }
        return taken.flatMap { now < $0.expiresAt ? $0 : nil }
    }

    /// A person's accounts at providers, in the providers' order.
    static func identities(
        of user: UserID, in scope: TenantScope, _ tx: Transaction
    ) async throws -> [OwnIdentity] {
        try await tx.query(
            """
            select p.identity_provider_id, p.name, p.kind, p.enabled and (p.binds_users or not l.bound_by_user),
              l.bound_by_user, l.account, l.created_at, l.last_sign_in_at
            from identity_links l
            join identity_providers p
              on p.tenant_id = l.tenant_id and p.identity_provider_id = l.identity_provider_id
            where l.tenant_id = \(scope.tenant) and l.user_id = \(user) order by p.position, p.identity_provider_id
            """
        ) {
            OwnIdentity(
                provider: try $0.next(), name: try $0.next(), kind: try $0.next(), enabled: try $0.next(),
                boundByUser: try $0.next(), account: try $0.next(), createdAt: try $0.next(),
                lastSignInAt: try $0.next())
        }
    }

    /// Where the person has no account yet and may bind one.
    static func bindable(
        for user: UserID, in scope: TenantScope, _ tx: Transaction
    ) async throws -> [BindableProvider] {
        try await tx.query(
            """
            select p.identity_provider_id, p.name, p.kind from identity_providers p
            where p.tenant_id = \(scope.tenant) and p.enabled and p.binds_users and not exists (
              select from identity_links l
              where l.tenant_id = p.tenant_id and l.identity_provider_id = p.identity_provider_id
                and l.user_id = \(user))
            order by p.position, p.identity_provider_id
            """
        ) { BindableProvider(id: try $0.next(), name: try $0.next(), kind: try $0.next()) }
    }
}
