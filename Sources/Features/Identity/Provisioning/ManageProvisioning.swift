import Cryptography
import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres

/// Decides whether a provider is provisioned, and by which programs. Whoever holds a token says who the provider's
/// people are: so it takes what it takes to change the provider.
struct ManageProvisioning {
    let database: Database
    let changing: ChangeProviders
    let catalogue: PermissionCatalogue

    func change(
        _ id: IdentityProviderID, to change: ChangeProvisioning, from version: Int, _ acting: Acting
    ) async throws -> Provisioning {
        try await database.transaction(in: acting.scope) { tx in
            try await hold(id, acting, tx)
            let old = try await ProvisioningStore.lock(id, in: acting.scope, tx)
            guard old.version == version else { throw IdentityError.changed }
            let enabled = change.enabled.applied(to: old.enabled)
            let handles = change.handlesPrivileged.applied(to: old.handlesPrivileged)
            // Whoever is made by it has the role that everybody has.
            if enabled, !old.enabled { try acting.mayHandle(catalogue.permissions(of: .user)) }
            if handles, !old.handlesPrivileged { try acting.mayHandle(catalogue.all) }
            acting.audit.detail("enabled", .bool(enabled))
            acting.audit.detail("handlesPrivileged", .bool(handles))
            try await ProvisioningStore.update(
                id, enabled: enabled, handlesPrivileged: handles, in: acting.scope, tx)
            // Its word counts from now on.
            if enabled {
                try await IdentityLinkStore.endBound(ofPeopleAt: id, now: acting.now, in: acting.scope, tx)
            }
            try await acting.audit.write(in: tx)
            return try await ProvisioningStore.lock(id, in: acting.scope, tx)
        }
    }

    func create(
        _ request: CreateProvisioningClient, of provider: IdentityProviderID, _ acting: Acting
    ) async throws -> ProvisioningToken {
        let expiresAt = try end(request.expiresAt, acting)
        let (id, token) = (
            ProvisioningClientID.new(at: acting.now), RandomToken(prefix: ProvisioningClient.prefix)
        )
        try await database.transaction(in: acting.scope) { tx in
            try await hold(provider, acting, tx)
            _ = try await ProvisioningStore.lock(provider, in: acting.scope, tx)
            let count = try await ProvisioningStore.countClients(of: provider, in: acting.scope, tx)
            guard count < ProvisioningClient.most else {
                throw IdentityError.tooMany("A provider has \(ProvisioningClient.most) tokens at most; remove one.")
            }
            let login = try await tx.first(
                "select login from users where tenant_id = \(acting.scope.tenant) and user_id = \(acting.user)"
            ) { try $0.next(String.self) }
            try await ProvisioningStore.insert(
                id, request.name, of: provider, token: token, by: login ?? "support", expiresAt: expiresAt,
                at: acting.now, in: acting.scope, tx)
            note(id, request.name, acting)
            try await acting.audit.write(in: tx)
        }
        return ProvisioningToken(id: id, name: request.name, token: token.text.reveal(), expiresAt: expiresAt)
    }

    func rotate(
        _ id: ProvisioningClientID, of provider: IdentityProviderID, _ request: RotateProvisioningClient,
        _ acting: Acting
    ) async throws -> ProvisioningToken {
        let expiresAt = try end(request.expiresAt, acting)
        let token = RandomToken(prefix: ProvisioningClient.prefix)
        let name = try await database.transaction(in: acting.scope) { tx in
            try await hold(provider, acting, tx)
            let name = try await ProvisioningStore.rotate(
                id, of: provider, to: token, expiresAt: expiresAt,
                oldUntil: acting.now + TimeInterval(request.overlapHours * 3600), at: acting.now, in: acting.scope, tx)
            guard let name else { throw IdentityError.notFound }
            note(id, name, acting)
            acting.audit.detail("overlapHours", .int(Int64(request.overlapHours)))
            try await acting.audit.write(in: tx)
            return name
        }
        return ProvisioningToken(id: id, name: name, token: token.text.reveal(), expiresAt: expiresAt)
    }

    /// Taking a token away takes nothing that its holder might be refused: whoever manages providers may.
    func remove(_ id: ProvisioningClientID, of provider: IdentityProviderID, _ acting: Acting) async throws {
        try await database.transaction(in: acting.scope) { tx in
            guard let found = try await IdentityProviderStore.lock(provider, in: acting.scope, tx) else {
                throw IdentityError.notFound
            }
            acting.audit.target("identity-provider", provider.text, name: found.name)
            let name = try await ProvisioningStore.remove(id, of: provider, in: acting.scope, tx)
            guard let name else { throw IdentityError.notFound }
            note(id, name, acting)
            try await acting.audit.write(in: tx)
        }
    }

    private func hold(_ id: IdentityProviderID, _ acting: Acting, _ tx: Transaction) async throws {
        let provider = try await changing.hold(id, acting, tx)
        try await changing.check(provider, acting, tx)
    }

    private func end(_ wanted: Date?, _ acting: Acting) throws(Invalid) -> Date {
        let end = wanted ?? acting.now + ProvisioningClient.usualLife
        guard end > acting.now, end <= acting.now + ProvisioningClient.longestLife else {
            throw Invalid("must be in the future, and a year ahead at most", field: "expiresAt")
        }
        return end
    }

    private func note(_ id: ProvisioningClientID, _ name: String, _ acting: Acting) {
        acting.audit.detail("client", .string(id.text))
        acting.audit.detail("clientName", .string(name))
    }
}
