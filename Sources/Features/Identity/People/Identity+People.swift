package import HTTPAPI
package import Kernel
import Tenancy

// People and groups.
extension Identity {
    package func users(_ page: PageRequest, in scope: TenantScope) async throws -> Rows<User> {
        Rows(try await UserStore.list(page, in: scope, database), of: page)
    }

    package func user(_ id: UserID, in scope: TenantScope) async throws -> User {
        guard let user = try await UserStore.find(id, in: scope, database) else { throw IdentityError.notFound }
        return user
    }

    package func createUser(_ request: CreateUserRequest, _ acting: Acting) async throws -> CreatedUser {
        let demand = PasswordDemand(
            length: try await tenants.value(of: Setting.passwordLength, at: acting.home, in: acting.scope),
            kinds: try await tenants.value(of: Setting.passwordKinds, at: acting.home, in: acting.scope))
        return try await CreateUser(database: database, hasher: hasher, settings: settings, demand: demand)(
            request, acting)
    }

    package func changeUser(
        _ id: UserID, to change: ChangeUserRequest, from version: Int, _ acting: Acting
    ) async throws -> User {
        try await ChangeUser(database: database, catalogue: settings.catalogue, reviews: reviews)(
            id, to: change, from: version, acting)
    }

    package func disableUser(_ id: UserID, _ acting: Acting) async throws -> User {
        try await control.disable(id, acting)
    }

    package func enableUser(_ id: UserID, _ acting: Acting) async throws -> User {
        try await control.enable(id, acting)
    }

    package func unlockUser(_ id: UserID, _ acting: Acting) async throws -> User {
        try await control.unlock(id, acting)
    }

    package func resetSecondFactor(_ id: UserID, _ acting: Acting) async throws -> User {
        try await control.resetSecondFactor(id, acting)
    }

    package func inviteUser(_ id: UserID, _ acting: Acting) async throws -> Invitation {
        try await InviteUser(settings: settings)(id, database, acting)
    }

    package func groups(_ page: PageRequest, in scope: TenantScope) async throws -> Rows<Group> {
        Rows(try await GroupStore.list(page, in: scope, database), of: page)
    }

    package func group(_ id: GroupID, in scope: TenantScope) async throws -> Group {
        guard let group = try await GroupStore.find(id, in: scope, database) else { throw IdentityError.notFound }
        return group
    }

    package func members(of id: GroupID, _ page: PageRequest, in scope: TenantScope) async throws -> Rows<Member> {
        _ = try await group(id, in: scope)
        return Rows(try await GroupStore.members(of: id, page, in: scope, database), of: page)
    }

    package func createGroup(_ request: GroupRequest, _ acting: Acting) async throws -> Group {
        try await ChangeGroup(database: database).create(request, acting)
    }

    package func renameGroup(
        _ id: GroupID, _ request: GroupRequest, from version: Int, _ acting: Acting
    ) async throws -> Group {
        try await ChangeGroup(database: database).rename(id, request, from: version, acting)
    }

    package func removeGroup(_ id: GroupID, _ acting: Acting) async throws {
        try await ChangeGroup(database: database).remove(id, acting)
    }

    package func add(_ user: UserID, to group: GroupID, _ acting: Acting) async throws {
        try await ChangeGroup(database: database).add(user, to: group, acting)
    }

    package func remove(_ user: UserID, from group: GroupID, _ acting: Acting) async throws {
        try await ChangeGroup(database: database).remove(user, from: group, acting)
    }

    private var control: ControlUser {
        ControlUser(database: database, catalogue: settings.catalogue, reviews: reviews)
    }

    // MARK: programs and SSH keys of others

    package func accessKeys(of user: UserID, _ page: PageRequest, _ acting: Acting) async throws -> Rows<AccessKey> {
        try await endProgramAccess.keys(of: user, page, acting)
    }

    package func tokens(of user: UserID, _ page: PageRequest, _ acting: Acting) async throws -> Rows<APIToken> {
        try await endProgramAccess.tokens(of: user, page, acting)
    }

    package func sshKeys(of user: UserID, _ page: PageRequest, _ acting: Acting) async throws -> Rows<SSHKey> {
        try await endProgramAccess.sshKeys(of: user, page, acting)
    }

    package func endAccessKey(_ key: AccessKeyID, of user: UserID, _ acting: Acting) async throws {
        try await endProgramAccess.end(key, of: user, acting)
    }

    package func endToken(_ token: APITokenID, of user: UserID, _ acting: Acting) async throws {
        try await endProgramAccess.end(token, of: user, acting)
    }

    package func endSSHKey(_ key: SSHKeyID, of user: UserID, _ acting: Acting) async throws {
        try await endProgramAccess.end(key, of: user, acting)
    }

    private var endProgramAccess: EndProgramAccess {
        EndProgramAccess(
            database: database, catalogue: settings.catalogue, letters: settings.letters, tenants: tenants)
    }
}
