package import HTTPAPI
package import Kernel
import Postgres
import Tenancy

// Oneself.
extension Identity {
    package func profile(_ caller: TenantAPI.Caller, _ permissions: Set<Permission>) async throws -> Profile {
        let profile =
            if let person = caller.support {
                try await ProfileStore.find(
                    person, user: caller.user, permissions: permissions, in: caller.scope, database)
            } else {
                try await ProfileStore.find(
                    caller.user, Proof(caller), permissions: permissions, passwords: passwordDemand(in: caller.scope),
                    in: caller.scope, database)
            }
        guard let profile else { throw IdentityError.notFound }
        return profile
    }

    package func changeProfile(
        _ request: ChangeProfileRequest, from version: Int, _ acting: Acting
    ) async throws -> ProfileUser {
        try await database.transaction(in: acting.scope) { tx in
            acting.audit.target("user", acting.user.text)
            guard
                let user = try await ProfileStore.update(
                    acting.user, request, from: version, in: acting.scope, tx)
            else { throw IdentityError.changed }
            try await acting.audit.write(in: tx)
            return user
        }
    }

    package func changeOwnPassword(
        _ request: ChangePasswordRequest, _ caller: TenantAPI.Caller, from address: String, _ acting: Acting
    ) async throws {
        let rules = try await passwordRules(in: acting.scope)
        try await ChangeOwnPassword(
            database: database, hasher: hasher, rules: rules, lockout: lockout, reviews: reviews)(
                request, Proof(caller), from: address, acting)
    }

    package func stepUp(
        _ request: StepUpRequest, _ caller: TenantAPI.Caller, from address: String, _ acting: Acting
    ) async throws {
        try await StepUpSession(database: database, keys: keys, lockout: lockout)(
            request, Proof(caller), from: address, acting)
    }

    package func signOut(_ caller: TenantAPI.Caller, _ acting: Acting, _ response: ResponseDraft) async throws {
        try await EndOwnAccess(database: database).signOut(Proof(caller), acting)
        response.clear(cookie: Cookie.webSessionName)
    }

    package func sessions(_ page: PageRequest, _ caller: TenantAPI.Caller) async throws -> Rows<WebSession> {
        Rows(
            try await WebSessionStore.list(
                of: caller.user, page, current: caller.session, in: caller.scope, database), of: page)
    }

    package func endSession(_ id: WebSessionID, _ acting: Acting) async throws {
        try await EndOwnAccess(database: database).end(id, acting)
    }

    package func tokens(_ page: PageRequest, _ acting: Acting) async throws -> Rows<APIToken> {
        Rows(try await APITokenStore.list(of: acting.user, page, in: acting.scope, database), of: page)
    }

    package func createToken(
        _ request: CreateTokenRequest, _ caller: TenantAPI.Caller, _ acting: Acting
    ) async throws -> CreatedToken {
        try await CreateToken(database: database)(request, Proof(caller), acting)
    }

    package func removeToken(_ id: APITokenID, _ acting: Acting) async throws {
        try await EndOwnAccess(database: database).remove(id, acting)
    }

    package func sshKeys(_ page: PageRequest, _ acting: Acting) async throws -> Rows<SSHKey> {
        let days = try await tenants.value(of: Setting.keyProviderDays, in: acting.scope)
        return Rows(
            try await SSHKeyStore.list(
                of: acting.user, page, within: days, at: acting.now, in: acting.scope, database), of: page)
    }

    package func addSSHKey(
        _ request: AddSSHKeyRequest, _ caller: TenantAPI.Caller, _ acting: Acting
    ) async throws -> SSHKey {
        try await AddSSHKey(database: database, tenants: tenants)(request, Proof(caller), acting)
    }

    package func setSSHKey(enabled: Bool, _ id: SSHKeyID, _ acting: Acting) async throws -> SSHKey {
        try await ChangeSSHKey(database: database, tenants: tenants).set(enabled: enabled, id, acting)
    }

    package func removeSSHKey(_ id: SSHKeyID, _ acting: Acting) async throws {
        try await EndOwnAccess(database: database).remove(id, acting)
    }
}
