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
    let floor: Duration

    func callAsFunction(
        login: String, password: Secret, code: String, at now: Date, _ audit: AuditDraft, in scope: TenantScope
    ) async throws -> Account {
        let start = ContinuousClock.now
        let refuse = RefuseSignIn(database: database, floor: floor)
        let proof = try await ProvePassword(database: database, hasher: hasher)(
            login: login, password: password, at: now, in: scope)
        guard case .right(let account) = proof else {
            guard case .wrong(let account, let nowLocked) = proof else { throw IdentityError.signInRefused }
            throw try await refuse(account, login: login, nowLocked: nowLocked, since: start, audit, at: now, in: scope)
        }
        audit.target("user", account.id.text, name: account.login)
        guard account.standing.hasSecondFactor, !account.standing.mustChangePassword else {
            throw IdentityError.finishInPortal
        }
        // A wrong code is told as a wrong password is: nobody learns here that the password was right.
        if case .wrong(let nowLocked) = try await ProveCode(database: database, keys: keys)(
            code, of: account.id, allowRecovery: false, at: now, in: scope)
        {
            throw try await refuse(account, login: login, nowLocked: nowLocked, since: start, audit, at: now, in: scope)
        }
        return account
    }
}
