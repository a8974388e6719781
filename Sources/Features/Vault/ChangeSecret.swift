import Assets
import Audit
import Cryptography
package import FoundationEssentials
package import HTTPAPI
package import Kernel
import Postgres
import Tenancy

extension Vault {
    /// Puts a new version of the secret in place; the versions before stay in its history.
    package func setSecret(
        of id: AccountID, to secret: Secret, by user: UserID, at now: Date, audit: AuditDraft, in scope: TenantScope
    ) async throws -> Account {
        let chain = try await keys.chain(in: scope)
        try await database.transaction(in: scope) { transaction in
            guard let account = try await store.lock(id, in: scope, transaction) else { throw VaultError.notFound }
            let version = account.secretVersion + 1
            let sealed = try seal(secret, for: account, version: version, with: chain)
            try await put(sealed, account, version: version, by: user, at: now, in: scope, transaction)
            audit.target("account", id.text, name: account.name.text)
            audit.detail("secretVersion", .int(Int64(version)))
            try await audit.write(in: transaction)
        }
        return try await find(id, in: scope)
    }

    /// Shows the secret to a person. The record is written before the secret leaves, or it does not leave.
    package func reveal(
        _ id: AccountID, reason: String, by user: UserID, at now: Date, audit: AuditDraft, in scope: TenantScope
    ) async throws -> RevealedSecret {
        let account = try await find(id, in: scope)
        guard account.hasSecret else { throw VaultError.noSecret }
        audit.target("account", id.text, name: account.name.text)
        audit.detail("reason", .string(reason))
        audit.detail("secretVersion", .int(Int64(account.secretVersion)))
        try await database.transaction(in: scope) { transaction in
            try await audit.write(in: transaction)
            try await Outbox().publish(VaultEvents.shown(account, to: user, at: now), in: scope, transaction)
        }
        return try await revealed(account, in: scope)
    }

    /// The secret in clear, for a person; whoever calls has written down that it is shown.
    func revealed(_ account: Account, in scope: TenantScope) async throws -> RevealedSecret {
        let secret = try await secret(of: account, in: scope)
        return RevealedSecret(
            name: account.name, kind: account.kind, secretVersion: account.secretVersion,
            secret: Redacted(secret.withBytes { String(decoding: $0, as: UTF8.self) }))
    }

    func seal(
        _ secret: Secret, for account: Account, version: Int, with chain: TenantKeyChain
    ) throws -> SealedValue {
        let text = secret.reveal()
        if account.kind == .sshKey { try PrivateKeyText.check(text) }
        return try chain.seal(Array(text.utf8), table: AccountStore.secretTable, row: account.id.text, version: version)
    }

    func put(
        _ sealed: SealedValue, _ account: Account, version: Int, by user: UserID, at now: Date, in scope: TenantScope,
        _ transaction: Transaction
    ) async throws {
        try await store.insertSecret(
            sealed, of: account.id, version: version, by: user, at: now, in: scope, transaction)
        var account = account
        account.secretVersion = version
        account.version += 1
        try await store.update(account, in: scope, transaction)
    }
}
