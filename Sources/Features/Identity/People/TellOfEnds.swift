import FoundationEssentials
import Kernel
import Postgres
import Tenancy

/// Mails people some days before their account, their password or an SSH key ends, once for each end.
struct TellOfEnds {
    static let ahead: TimeInterval = 7 * 86_400

    let database: Database
    let settings: IdentitySettings

    /// The people, each with a letter of their own, and the administrators, who can move the days, with one for all.
    func ofAccounts(at now: Date) async throws -> Int {
        let near = try await AccountEndStore.near(now + Self.ahead, after: now, database)
        return try await inEachTenant(near.map { ($0.tenant, $0.user) }) { users, scope, tx in
            try await tell(of: users, at: now, in: scope, tx)
        }
    }

    private func tell(of users: [UserID], at now: Date, in scope: TenantScope, _ tx: Transaction) async throws {
        let ends = try await AccountEndStore.noteTold(users, at: now, in: scope, tx)
        let people = try await MailedPersonStore.find(Array(ends.keys), in: scope, tx)
        let ending = people.compactMap { person in ends[person.id].map { EndingAccount(person: person, end: $0) } }
        for one in ending { try await send(AccountEndLetter(account: one), to: one.person, at: now, in: scope, tx) }
        for reader in try await MailedPersonStore.administrators(in: scope, tx) {
            let others = ending.filter { $0.person.id != reader.id }
            guard !others.isEmpty else { continue }
            let letter = AccountEndsLetter(
                company: reader.company, accounts: others.sorted { $0.end < $1.end }, url: portal(of: reader) + "/users"
            )
            try await send(letter, to: reader, at: now, in: scope, tx)
        }
    }

    /// One letter for all keys of a person.
    func ofSSHKeys(at now: Date) async throws -> Int {
        let near = try await SSHKeyEndStore.near(now + Self.ahead, after: now, database)
        return try await inEachTenant(near.map { ($0.tenant, $0.key) }) { ending, scope, tx in
            let told = try await SSHKeyEndStore.noteTold(ending, at: now, in: scope, tx)
            let keys = Dictionary(grouping: told, by: \.user)
            for person in try await MailedPersonStore.find(Array(keys.keys), in: scope, tx) {
                let ending = (keys[person.id] ?? []).sorted { $0.end < $1.end }
                let url = portal(of: person) + "/profile?tab=ssh-keys"
                let letter = SSHKeyEndLetter(person: person, keys: ending, url: url)
                try await send(letter, to: person, at: now, in: scope, tx)
            }
        }
    }

    /// One tenant in trouble must not keep the others uninformed. Returns how many there were in all.
    private func inEachTenant<ID>(
        _ near: [(tenant: TenantID, id: ID)], _ tell: ([ID], TenantScope, Transaction) async throws -> Void
    ) async throws -> Int {
        var failure: (any Error)?
        for (tenant, endings) in Dictionary(grouping: near, by: \.tenant) {
            let scope = TenantScope(tenant: tenant)
            do {
                try await database.transaction(in: scope) { try await tell(endings.map(\.id), scope, $0) }
            } catch {
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
        return near.count
    }

    func ofPasswords(_ tenants: TenantSettings, at now: Date) async throws {
        try await tenants.forEachTenant(Setting.passwordAge) { scope, days, parts in
            guard days < Setting.passwordAgeless || !parts.isEmpty else { return }
            while try await ofPasswords(at: now, in: scope) == 500 {}
        }
    }

    private func ofPasswords(at now: Date, in scope: TenantScope) async throws -> Int {
        try await database.transaction(in: scope) { tx in
            let told = try await MailedPersonStore.notePasswordsEnding(
                before: now + Self.ahead, at: now, in: scope, tx)
            for person in try await MailedPersonStore.find(Array(told.keys), in: scope, tx) {
                guard let end = told[person.id] else { continue }
                let letter = PasswordEndLetter(person: person, end: end, url: portal(of: person) + "/profile")
                try await send(letter, to: person, at: now, in: scope, tx)
            }
            return told.count
        }
    }

    private func portal(of person: MailedPerson) -> String { person.portal(settings.portal) }

    private func send(
        _ letter: some PersonalLetter, to person: MailedPerson, at now: Date, in scope: TenantScope, _ tx: Transaction
    ) async throws {
        guard let letter = letter.letter(to: person) else { return }
        _ = try await settings.letters.send(letter, scope.tenant, now, tx)
    }
}
