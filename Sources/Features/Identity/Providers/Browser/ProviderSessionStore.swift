import Cryptography
import FoundationEssentials
import Kernel
import Postgres

/// The rows that say by which sessions at providers people came in, so that their end there is their end here.
enum ProviderSessionStore {
    static func insert(
        _ session: ProviderSession, of user: UserID, at provider: IdentityProviderID, at now: Date,
        in scope: TenantScope, _ tx: Transaction
    ) async throws {
        try await tx.execute(
            """
            insert into identity_sessions
              (tenant_id, identity_provider_id, user_id, subject_hash, session_hash, name, session, created_at, ends_at)
            values (\(scope.tenant), \(provider), \(user), \(hash(session.subject)), \(session.id.map(hash)),
              \(session.named?.name), \(session.named?.session), \(now), \(session.ends))
            """)
    }

    /// Who came in by a session, or by any of a subject, before its provider ended it; they are forgotten by it. Nobody, if
    /// the token was taken before.
    static func take(
        _ ended: LogoutTokenCheck.Ended, at provider: IdentityProviderID, in scope: TenantScope, _ tx: Transaction
    ) async throws -> Set<UserID> {
        let isNew = try await tx.execute(
            """
            insert into identity_logout_tokens (tenant_id, identity_provider_id, token_hash, expires_at)
            values (\(scope.tenant), \(provider), \(hash(ended.token)), \(ended.expiresAt)) on conflict do nothing
            """)
        guard isNew == 1 else { return [] }
        return Set(
            try await tx.query(
                """
                delete from identity_sessions
                where tenant_id = \(scope.tenant) and identity_provider_id = \(provider)
                  and created_at <= \(ended.begunBy)
                  and subject_hash = coalesce(\(ended.subject.map(hash)), subject_hash)
                  and session_hash is not distinct from coalesce(\(ended.session.map(hash)), session_hash)
                returning user_id
                """
            ) { try $0.next(UserID.self) })
    }

    /// Who came in by a session that its provider ended; it is forgotten by it.
    static func take(
        session: String, at provider: IdentityProviderID, in scope: TenantScope, _ tx: Transaction
    ) async throws -> Set<UserID> {
        Set(
            try await tx.query(
                """
                delete from identity_sessions
                where tenant_id = \(scope.tenant) and identity_provider_id = \(provider)
                  and session_hash = \(hash(session))
                returning user_id
                """
            ) { try $0.next(UserID.self) })
    }

    /// Through whom a person has come in during the last day, each with the last session that has a name.
    static func providers(
        of user: UserID, at now: Date, in scope: TenantScope, _ database: Database
    ) async throws -> [(id: IdentityProviderID, session: NamedSession?)] {
        try await database.query(
            """
            select distinct on (identity_provider_id) identity_provider_id, name, session from identity_sessions
            where tenant_id = \(scope.tenant) and user_id = \(user) and created_at > \(now - 24 * 3600)
            order by identity_provider_id, created_at desc, session_number desc
            """, in: scope
        ) { row in
            let (id, name, session): (IdentityProviderID, String?, String?) = (
                try row.next(), try row.next(), try row.next()
            )
            return (id: id, session: name.map { NamedSession(name: $0, session: session) })
        }
    }

    private static func hash(_ text: String) -> [UInt8] { Hash256.of(Array(text.utf8)).bytes }
}

/// A session at a provider, as its tokens name it.
struct ProviderSession: Sendable, Equatable {
    let subject: String
    let id: String?
    /// For a provider that wants to hear both again before it ends the session.
    var named: NamedSession?
    /// When it ends by itself, if the provider says so. Ours lasts no longer.
    var ends: Date?
    /// What the provider is told when the person signs out there.
    var hint: SignOutHint?
}

/// Whose session it is and which one, in the provider's own words.
struct NamedSession: Sendable, Equatable {
    let name: String
    let session: String?
}
