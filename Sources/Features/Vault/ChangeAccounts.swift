package import Assets
import Audit
package import FoundationEssentials
package import HTTPAPI
package import Kernel
import Postgres
import Tenancy

extension Vault {
    /// Adds an account, with its secret if there is one yet.
    package func create(
        _ request: CreateAccount, by user: UserID, arranging: Arranging? = nil, at now: Date, audit: AuditDraft,
        in scope: TenantScope
    ) async throws -> Account {
        let account = Account(
            id: .new(at: now), asset: request.asset, assetName: "", name: request.name, kind: request.kind,
            privileged: request.privileged, exclusive: request.exclusive, secretVersion: 0, createdAt: now, version: 1)
        let chain = try await keys.chain(in: scope)
        let sealed = try request.secret.map { try seal($0, for: account, version: 1, with: chain) }
        try await database.transaction(in: scope) { transaction in
            try await store.insert(account, in: scope, transaction)
            if !account.privileged {
                try await arranging?.noteAccounts(of: account.asset, at: now, in: scope, transaction)
            }
            if let sealed { try await put(sealed, account, version: 1, by: user, at: now, in: scope, transaction) }
            audit.target("account", account.id.text, name: account.name.text)
            audit.detail("asset", .string(account.asset.text))
            try await audit.write(in: transaction)
        }
        return try await find(account.id, in: scope)
    }

    /// Changes the name or the standing of an account.
    package func change(
        _ id: AccountID, to change: ChangeAccount, from version: Int?, by arranging: Arranging? = nil, at now: Date,
        audit: AuditDraft, in scope: TenantScope
    ) async throws -> Account {
        try await database.transaction(in: scope) { transaction in
            guard var account = try await store.lock(id, in: scope, transaction) else { throw VaultError.notFound }
            guard account.version == version else { throw VaultError.changed }
            let before = account
            account.name = change.name.applied(to: account.name)
            account.privileged = change.privileged.applied(to: account.privileged)
            account.exclusive = change.exclusive.applied(to: account.exclusive)
            account.version += 1
            try await store.update(account, in: scope, transaction)
            // Flows take an account for one that may do everything by its mark, and by its name; and a name that is free by now
            // can be asked for as if it were of an account that is not marked.
            if before.name != account.name || (before.privileged && !account.privileged) {
                try await arranging?.noteAccounts(of: account.asset, at: now, in: scope, transaction)
            }
            audit.target("account", id.text, name: account.name.text)
            try await audit.write(in: transaction)
            return account
        }
    }

    /// Removes an account and every version of its secret.
    package func delete(_ id: AccountID, at now: Date, audit: AuditDraft, in scope: TenantScope) async throws {
        try await database.transaction(in: scope) { transaction in
            guard let account = try await store.lock(id, in: scope, transaction) else { throw VaultError.notFound }
            // First, since where an event belongs is looked up with its subject.
            try await Outbox().publish(VaultEvents.deleted(account, at: now), in: scope, transaction)
            try await store.delete(id, in: scope, transaction)
            audit.target("account", id.text, name: account.name.text)
            try await audit.write(in: transaction)
        }
    }
}
