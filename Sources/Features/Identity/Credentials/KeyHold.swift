import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres

/// Why an SSH key, a passkey alone or a link of one's own making, that is right, opens nothing for now.
///
/// Whom a provider knows comes in by it: whoever is shut out there must be out here. So a key of theirs counts for some days
/// after they came in by a provider, or by a password of their own here. That goes for a provider that is switched off too: by
/// it nobody comes in any more, so the keys of its people cease, and their passkeys and links of their own do. Only when it is
/// removed, or they are unlinked, they are the company's own.
package enum KeyHold: String, Sendable, CaseIterable, WireValue, SQLDecodable {
    /// They have not come in for too long, and can.
    case signIn = "sign-in"
    /// Neither can they: the providers that know them are switched off, and they have no password here.
    case providerOff = "provider-off"

    /// As the trail calls it.
    var reason: String { self == .signIn ? "provider" : rawValue }

    /// The hold of a row `owner` of users, as an expression; null for none. What a person bound themselves is nobody's word.
    static func expression(within days: Int, at now: Date) -> SQL {
        """
        (select case
            when not found.known or greatest(
              found.last, case when owner.password_hash is not null then owner.password_signed_in_at end)
              > \(now - TimeInterval(days) * 86_400) then null
            when owner.password_hash is not null or found.open then 'sign-in'
            else 'provider-off' end
          from (
            select count(*) > 0 as known, coalesce(bool_or(p.enabled), false) as open, max(i.last) as last from (
              select l.identity_provider_id, l.last_sign_in_at as last from identity_links l
              where l.tenant_id = owner.tenant_id and l.user_id = owner.user_id and not l.bound_by_user
              union all
              select s.identity_provider_id, null from provisioned_users s
              where s.tenant_id = owner.tenant_id and s.user_id = owner.user_id and s.removed_at is null) i
            join identity_providers p
              on p.tenant_id = owner.tenant_id and p.identity_provider_id = i.identity_provider_id) found)
        """
    }

    /// How many have good keys, a passkey or a link of their own that lets them in, and can come in by one provider alone:
    /// when it is switched off, these cease.
    static func count(onlyBy provider: IdentityProviderID, at now: Date, in scope: TenantScope) -> SQL {
        """
        select count(*) from users u
        where u.tenant_id = \(scope.tenant) and u.state = 'active' and u.password_hash is null
          and (exists (select from passkeys k where k.tenant_id = \(scope.tenant) and k.user_id = u.user_id)
            or exists (select from ssh_keys k
              where k.tenant_id = \(scope.tenant) and k.user_id = u.user_id and k.disabled_at is null
                and (k.expires_at is null or k.expires_at > \(now)))
            or exists (select from identity_links b
              join identity_providers o on o.tenant_id = b.tenant_id and o.identity_provider_id = b.identity_provider_id
                and o.enabled and o.binds_users and o.identity_provider_id <> \(provider)
              where b.tenant_id = \(scope.tenant) and b.user_id = u.user_id and b.bound_by_user))
          and \(provider) = all (
            select l.identity_provider_id from identity_links l
            join identity_providers p on p.tenant_id = l.tenant_id and p.identity_provider_id = l.identity_provider_id
              and (p.enabled or p.identity_provider_id = \(provider))
            where l.tenant_id = \(scope.tenant) and l.user_id = u.user_id and not l.bound_by_user
            union all
            select s.identity_provider_id from provisioned_users s
            join identity_providers p on p.tenant_id = s.tenant_id and p.identity_provider_id = s.identity_provider_id
              and (p.enabled or p.identity_provider_id = \(provider))
            where s.tenant_id = \(scope.tenant) and s.user_id = u.user_id and s.removed_at is null)
          and (exists (select from identity_links l
              where l.tenant_id = \(scope.tenant) and l.identity_provider_id = \(provider) and l.user_id = u.user_id
                and not l.bound_by_user)
            or exists (select from provisioned_users s
              where s.tenant_id = \(scope.tenant) and s.identity_provider_id = \(provider) and s.user_id = u.user_id
                and s.removed_at is null))
        """
    }

    /// What holds the keys of a person back.
    static func find(
        _ user: UserID, within days: Int, at now: Date, in scope: TenantScope, _ tx: Transaction
    ) async throws -> KeyHold? {
        try await tx.first(
            """
            select \(fragment: expression(within: days, at: now)) from users owner
            where owner.tenant_id = \(scope.tenant) and owner.user_id = \(user)
            """
        ) { try $0.next(KeyHold?.self) } ?? nil
    }
}
