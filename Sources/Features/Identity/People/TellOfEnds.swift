import FoundationEssentials
import Kernel
import Postgres
import Tenancy

/// Mails people some days before their account or their password ends, once for each end.
struct TellOfEnds {
    static let ahead: TimeInterval = 7 * 86_400

    let database: Database
    let settings: IdentitySettings

    /// The person, and the administrators, who can move the day.
    func ofAccounts(at now: Date) async throws -> Int {
        let near = try await AccountEndStore.near(now + Self.ahead, after: now, database)
        var failure: (any Error)?
        for ending in near {
            let scope = TenantScope(tenant: ending.tenant)
            do {
                try await database.transaction(in: scope) { tx in
                    guard let end = try await AccountEndStore.noteTold(ending.user, at: now, in: scope, tx),
                        let person = try await MailedPersonStore.find(ending.user, in: scope, tx)
                    else { return }
                    let administrators = try await MailedPersonStore.administrators(in: scope, tx)
                    for reader in [person] + administrators.filter({ $0.id != person.id }) {
                        let letter = AccountEndLetter(
                            person: person, end: end, isReader: reader.id == person.id,
                            url: portal(of: reader) + "/users/" + person.id.text)
                        try await send(letter, to: reader, at: now, in: scope, tx)
                    }
                }
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
            for (user, end) in told {
                guard let person = try await MailedPersonStore.find(user, in: scope, tx) else { continue }
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
