import Cryptography
import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres
import Tenancy

/// The rows of which providers are provisioned, by which programs, and what these asked for lately.
enum ProvisioningStore {
    static func find(
        _ provider: IdentityProviderID, in scope: TenantScope, _ database: Database
    ) async throws -> Provisioning? {
        try await database.first(
            """
            select p.enabled, p.handles_privileged, (
                select count(*) from provisioned_users u
                where u.tenant_id = p.tenant_id and u.identity_provider_id = p.identity_provider_id
                  and u.removed_at is null), (
                select count(*) from provisioned_groups g
                where g.tenant_id = p.tenant_id and g.identity_provider_id = p.identity_provider_id), p.version
            from provisionings p where p.tenant_id = \(scope.tenant) and p.identity_provider_id = \(provider)
            """, in: scope, provisioning)
    }

    /// Holds the row, which is written if there is none.
    static func lock(
        _ provider: IdentityProviderID, in scope: TenantScope, _ tx: Transaction
    ) async throws -> Provisioning {
        try await tx.execute(
            """
            insert into provisionings (tenant_id, identity_provider_id) values (\(scope.tenant), \(provider))
            on conflict do nothing
            """)
        return try await tx.first(
            """
            select p.enabled, p.handles_privileged, (
                select count(*) from provisioned_users u
                where u.tenant_id = p.tenant_id and u.identity_provider_id = p.identity_provider_id
                  and u.removed_at is null), (
                select count(*) from provisioned_groups g
                where g.tenant_id = p.tenant_id and g.identity_provider_id = p.identity_provider_id), p.version
            from provisionings p where p.tenant_id = \(scope.tenant) and p.identity_provider_id = \(provider)
            for update of p
            """, provisioning) ?? .initial
    }

    private static func provisioning(_ row: inout Row) throws -> Provisioning {
        Provisioning(
            enabled: try row.next(), handlesPrivileged: try row.next(), people: try row.next(),
            groups: try row.next(), version: try row.next())
    }

    static func update(
        _ provider: IdentityProviderID, enabled: Bool, handlesPrivileged: Bool, in scope: TenantScope,
        _ tx: Transaction
    ) async throws {
        try await tx.execute(
            """
            update provisionings set enabled = \(enabled), handles_privileged = \(handlesPrivileged),
              version = version + 1
            where tenant_id = \(scope.tenant) and identity_provider_id = \(provider)
            """)
    }

    /// Whether the provider is provisioned, and whether that reaches people with more rights; nil if it is not.
    static func standing(
        of provider: IdentityProviderID, in scope: TenantScope, _ tx: Transaction
    ) async throws -> Bool? {
        try await tx.first(
            """
            select handles_privileged from provisionings
            where tenant_id = \(scope.tenant) and identity_provider_id = \(provider) and enabled
            """
        ) { try $0.next(Bool.self) }
    }

    // MARK: programs

    static func clients(
        of provider: IdentityProviderID, _ page: PageRequest, in scope: TenantScope, _ database: Database
    ) async throws -> [ProvisioningClient] {
        try await database.query(
            """
            select c.provisioning_client_id, c.name, c.created_by, c.created_at, c.rotated_at, c.expires_at,
              c.previous_until, c.last_used_at
            from provisioning_clients c
            where c.tenant_id = \(scope.tenant) and c.identity_provider_id = \(provider) \(page)
            """, in: scope
        ) {
            ProvisioningClient(
                id: try $0.next(), name: try $0.next(), createdBy: try $0.next(), createdAt: try $0.next(),
                rotatedAt: try $0.next(), expiresAt: try $0.next(), previousUntil: try $0.next(),
                lastUsedAt: try $0.next())
        }
    }

    static func countClients(
        of provider: IdentityProviderID, in scope: TenantScope, _ tx: Transaction
    ) async throws -> Int {
        try await tx.first(
            """
            select count(*) from provisioning_clients
            where tenant_id = \(scope.tenant) and identity_provider_id = \(provider)
            """
        ) { try $0.next() } ?? 0
    }

    static func insert(
        _ id: ProvisioningClientID, _ name: String, of provider: IdentityProviderID, token: RandomToken,
        by login: String, expiresAt: Date, at now: Date, in scope: TenantScope, _ tx: Transaction
    ) async throws {
        do {
            try await tx.execute(
                """
                insert into provisioning_clients (tenant_id, provisioning_client_id, identity_provider_id, name,
                  token_hash, created_by, created_at, expires_at)
                values (\(scope.tenant), \(id), \(provider), \(name), \(token.hash.bytes), \(login), \(now),
                  \(expiresAt))
                """)
        } catch let error as DatabaseError where error.constraint == "provisioning_clients_name_uq" {
            throw IdentityError.nameTaken
        }
    }

    /// The client's name; nil if there is none such.
    static func rotate(
        _ id: ProvisioningClientID, of provider: IdentityProviderID, to token: RandomToken, expiresAt: Date,
        oldUntil: Date, at now: Date, in scope: TenantScope, _ tx: Transaction
    ) async throws -> String? {
        try await tx.first(
            """
            update provisioning_clients set previous_hash = token_hash,
              previous_until = least(\(oldUntil)::timestamptz, expires_at), token_hash = \(token.hash.bytes),
              expires_at = \(expiresAt), rotated_at = \(now)
            where tenant_id = \(scope.tenant) and identity_provider_id = \(provider) and provisioning_client_id = \(id)
            returning name
            """
        ) { try $0.next() }
    }

    static func remove(
        _ id: ProvisioningClientID, of provider: IdentityProviderID, in scope: TenantScope, _ tx: Transaction
    ) async throws -> String? {
        try await tx.first(
            """
            delete from provisioning_clients
            where tenant_id = \(scope.tenant) and identity_provider_id = \(provider) and provisioning_client_id = \(id)
            returning name
            """
        ) { try $0.next() }
    }

    struct FoundClient {
        let id: ProvisioningClientID
        let name: String
        let provider: IdentityProviderID
        let lastUsedAt: Date?
        let tenant: TenantLife
    }

    /// Whose token it is, in this tenant, if it is good and its provider is in use.
    static func client(
        byHash hash: [UInt8], at now: Date, in scope: TenantScope, _ database: Database
    ) async throws -> FoundClient? {
        try await database.first(
            """
            select c.provisioning_client_id, c.name, c.identity_provider_id, c.last_used_at, t.state, t.trial_ends_at,
              t.grace_ends_at
            from provisioning_clients c
            join provisionings p on p.tenant_id = c.tenant_id and p.identity_provider_id = c.identity_provider_id
              and p.enabled
            join identity_providers i on i.tenant_id = c.tenant_id
              and i.identity_provider_id = c.identity_provider_id and i.enabled
            join tenants t on t.tenant_id = c.tenant_id
            where c.tenant_id = \(scope.tenant) and (
              c.token_hash = \(hash) and c.expires_at > \(now)
              or c.previous_hash = \(hash) and c.previous_until > \(now))
            """, in: scope
        ) { row in
            FoundClient(
                id: try row.next(), name: try row.next(), provider: try row.next(), lastUsedAt: try row.next(),
                tenant: TenantLife(try row.next(), trialEndsAt: try row.next(), graceEndsAt: try row.next()))
        }
    }

    static func touch(
        _ id: ProvisioningClientID, at now: Date, in scope: TenantScope, _ database: Database
    ) async throws {
        try await database.execute(
            """
            update provisioning_clients set last_used_at = \(now)
            where tenant_id = \(scope.tenant) and provisioning_client_id = \(id)
            """, in: scope)
    }

    // MARK: what they asked for

    private static let mostCalls = 200

    static func calls(
        of provider: IdentityProviderID, _ page: PageRequest, in scope: TenantScope, _ database: Database
    ) async throws -> [ProvisioningCall] {
        try await database.query(
            """
            select c.provisioning_call_id, c.client, c.operation, c.subject, c.status, c.note, c.at
            from provisioning_calls c
            where c.tenant_id = \(scope.tenant) and c.identity_provider_id = \(provider) \(page)
            """, in: scope
        ) {
            ProvisioningCall(
                id: try $0.next(), client: try $0.next(), operation: try $0.next(), subject: try $0.next(),
                status: try $0.next(), note: try $0.next(), at: try $0.next())
        }
    }

    /// Notes a call, and forgets those that are long gone.
    static func note(
        _ call: ProvisioningCall, of provider: IdentityProviderID, in scope: TenantScope, _ database: Database
    ) async throws {
        try await database.execute(
            """
            with gone as (
              delete from provisioning_calls where tenant_id = \(scope.tenant) and provisioning_call_id in (
                select provisioning_call_id from provisioning_calls
                where tenant_id = \(scope.tenant) and identity_provider_id = \(provider)
                order by provisioning_call_id desc offset \(mostCalls) for update skip locked)
            )
            insert into provisioning_calls (tenant_id, provisioning_call_id, identity_provider_id, client, operation,
              subject, status, note, at)
            values (\(scope.tenant), \(call.id), \(provider), \(call.client), \(call.operation), \(call.subject),
              \(call.status), \(call.note), \(call.at))
            """, in: scope)
    }
}
