import Audit
import Cryptography
import FoundationEssentials
import Kernel
import Postgres

/// Lets somebody in by a password that is good once. The second factor is asked for as after every password.
struct UseTemporaryPassword {
    let database: Database

    /// The account; nil if it was not this password.
    func callAsFunction(
        _ password: Secret, of account: Account, from address: String?, at now: Date, in scope: TenantScope
    ) async throws -> Account? {
        let hash = TemporaryPassword.hash(of: password.reveal())
        guard let stored = account.temporaryHash, ConstantTime.equals(stored, hash) else { return nil }
        return try await database.transaction(in: scope) { tx in
            try await AccountStore.waitBriefly(tx)
            guard let held = try await AccountStore.lock(account.id, in: scope, tx), held.isActive,
                try await TemporaryPasswordStore.take(hash, of: held.id, at: now, in: scope, tx)
            else { return nil }
            let entry = AuditEntry(
                action: "temporary-password.used", actor: .user(held.id, held.name),
                target: AuditTarget("user", held.id, held.login), clientAddress: address, at: now)
            try await AuditLog(database: database).append(entry, in: scope, tx)
            return held.afterTemporaryPassword
        }
    }
}

extension Account {
    fileprivate var afterTemporaryPassword: Account {
        var account = self
        account.byTemporary = true
        account.temporaryHash = nil
        return account
    }
}
