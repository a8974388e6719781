import HTTPAPI
import Kernel
import Postgres
import Tenancy

/// What administrators do about the programs and SSH keys of somebody else: they see by what these come in, and end it. The
/// person hears of it by mail.
struct EndProgramAccess {
    let database: Database
    let catalogue: PermissionCatalogue
    let letters: LetterBox
    let tenants: TenantSettings

    func keys(of user: UserID, _ page: PageRequest, _ acting: Acting) async throws -> Rows<AccessKey> {
        try await check(user, acting)
        return Rows(try await AccessKeyStore.list(of: user, page, in: acting.scope, database), of: page)
    }

    func tokens(of user: UserID, _ page: PageRequest, _ acting: Acting) async throws -> Rows<APIToken> {
        try await check(user, acting)
        return Rows(try await APITokenStore.list(of: user, page, in: acting.scope, database), of: page)
    }

    func sshKeys(of user: UserID, _ page: PageRequest, _ acting: Acting) async throws -> Rows<SSHKey> {
        try await check(user, acting)
        let days = try await tenants.value(of: Setting.keyProviderDays, in: acting.scope)
        return Rows(
            try await SSHKeyStore.list(of: user, page, within: days, at: acting.now, in: acting.scope, database),
            of: page)
    }

    func end(_ key: AccessKeyID, of user: UserID, _ acting: Acting) async throws {
        try await end(.key, key.text, of: user, acting) { tx in
            try await AccessKeyStore.remove(key, of: user, in: acting.scope, tx)
        }
    }

    func end(_ token: APITokenID, of user: UserID, _ acting: Acting) async throws {
        try await end(.token, token.text, of: user, acting) { tx in
            try await APITokenStore.remove(token, of: user, in: acting.scope, tx)
        }
    }

    func end(_ key: SSHKeyID, of user: UserID, _ acting: Acting) async throws {
        try await end(.sshKey, key.text, of: user, acting) { tx in
            try await SSHKeyStore.remove(key, of: user, in: acting.scope, tx)
        }
    }

    private func end(
        _ kind: ProgramAccessLetter.Subject, _ id: String, of user: UserID, _ acting: Acting,
        _ remove: (Transaction) async throws -> String?
    ) async throws {
        try await database.transaction(in: acting.scope) { tx in
            let account = try await hold(user, acting, tx)
            guard let name = try await remove(tx) else { throw IdentityError.notFound }
            acting.audit.target("user", user.text, name: account.login)
            acting.audit.detail(kind.rawValue, .string(id))
            acting.audit.detail("name", .string(name))
            for person in try await MailedPersonStore.find([user], in: acting.scope, tx) where user != acting.user {
                let letter = ProgramAccessLetter(person: person, subject: kind, name: name, at: acting.now)
                guard let letter = letter.letter(to: person) else { continue }
                _ = try await letters.send(letter, acting.scope.tenant, acting.now, tx)
            }
            try await acting.audit.write(in: tx)
        }
    }

    private func check(_ user: UserID, _ acting: Acting) async throws {
        try await database.transaction(in: acting.scope) { tx in
            guard try await UserStore.find(user, in: acting.scope, tx) != nil else { throw IdentityError.notFound }
            try await acting.mayHandle(user, catalogue, tx)
        }
    }

    private func hold(_ user: UserID, _ acting: Acting, _ tx: Transaction) async throws -> Account {
        guard let account = try await AccountStore.lock(user, in: acting.scope, tx) else {
            throw IdentityError.notFound
        }
        try await acting.mayHandle(user, catalogue, tx)
        return account
    }
}
