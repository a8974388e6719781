import Cryptography
import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres
import Tenancy

/// Password and code at once, for the command line and for SSH, where nothing else can be asked: no enrolment, no change
/// of a password, no recovery code.
struct ProveDirectly {
    let database: Database
    let hasher: PasswordHasher
    let keys: TenantKeys
    let providers: ProviderSignIn
    let settings: IdentitySettings

    func callAsFunction(
        login: String, password: Secret, code: String, from address: String?, at now: Date, _ audit: AuditDraft,
        in scope: TenantScope
    ) async throws -> Account {
        let start = ContinuousClock.now
        let refuse = RefuseSignIn(database: database, settings: settings)
        let proof = try await ProvePassword(database: database, hasher: hasher, providers: providers)(
            login: login, password: password, from: address, at: now, in: scope)
        guard case .right(let account, let provider) = proof else {
            guard case .wrong(let account, let nowLocked, let refusal) = proof else {
                throw IdentityError.signInRefused
            }
            throw try await refuse(
                account, login: login, nowLocked: nowLocked, refusal, since: start, audit, at: now, in: scope)
        }
        audit.target("user", account.id.text, name: account.login)
        if let provider { audit.detail("provider", .string(provider.text)) }
        guard account.standing.isReady(by: provider) else { throw IdentityError.finishInPortal }
        guard account.standing.canTypeCode else { throw IdentityError.noCodeToType }
        // A wrong code is told as a wrong password is: nobody learns here that the password was right.
        if case .wrong(let nowLocked) = try await ProveCode(database: database, keys: keys)(
            code, of: account.id, allowRecovery: false, at: now, in: scope)
        {
            throw try await refuse(account, login: login, nowLocked: nowLocked, since: start, audit, at: now, in: scope)
        }
        return account
    }
}
