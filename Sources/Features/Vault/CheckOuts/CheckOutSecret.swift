package import Assets
import Audit
package import FoundationEssentials
package import HTTPAPI
package import Kernel
package import Postgres

extension Vault {
    var checkOuts: CheckOutStore { CheckOutStore() }

    /// The account of this name on the asset if its secret is kept here, or nil; and whether it is out with somebody at
    /// that time although it may be out with one person only.
    package func lendable(
        _ name: AccountName, on asset: AssetID, from start: Date, to end: Date, at now: Date, in scope: TenantScope,
        _ transaction: Transaction
    ) async throws -> (account: Account, isTaken: Bool)? {
        guard let account = try await store.find(name, on: asset, in: scope, transaction), account.hasSecret else {
            return nil
        }
        guard account.exclusive else { return (account, false) }
        return (
            account,
            try await checkOuts.isOut(account.id, from: start, to: end, at: now, in: scope, transaction)
        )
    }

    /// Gives a secret for a while, in the transaction of whatever decided it. The account's lock settles who is first of
    /// two who ask for one that is out with one person at a time.
    package func checkOut(
        _ loan: SecretLoan, at now: Date, audit: AuditDraft, in scope: TenantScope, _ transaction: Transaction
    ) async throws -> CheckOutID {
        guard let account = try await store.lock(loan.account, in: scope, transaction) else {
            throw VaultError.notFound
        }
        guard account.hasSecret else { throw VaultError.noSecret }
        try await bar.check(loan.user, account, at: loan.startsAt, in: scope, transaction)
        if account.exclusive,
            try await checkOuts.isOut(
                account.id, from: loan.startsAt, to: loan.endsAt, at: now, in: scope, transaction)
        {
            throw VaultError.isOut
        }
        let id = CheckOutID.new(at: now)
        try await checkOuts.insert(id, loan, at: now, in: scope, transaction)
        guard let made = try await checkOuts.lock(id, in: scope, transaction) else { throw VaultError.notFound }
        try await audit.also(
            "account.secret-checked-out", kind: "account", id: account.id.text, name: account.name.text,
            details: [
                "checkOut": .string(id.text), "user": .string(loan.user.text), "request": .string("#\(loan.number)"),
                "from": .string(Timestamp.text(loan.startsAt)), "until": .string(Timestamp.text(loan.endsAt)),
            ], in: transaction)
        try await Outbox().publish(VaultEvents.checkedOut(made, at: now), in: scope, transaction)
        return id
    }

    /// A page of all check-outs.
    package func listCheckOuts(_ page: PageRequest, in scope: TenantScope) async throws -> Rows<CheckOut> {
        Rows(try await checkOuts.list(page, in: scope, database), of: page)
    }

    /// A page of what somebody was given.
    package func listCheckOuts(
        of user: UserID, _ page: PageRequest, in scope: TenantScope
    ) async throws -> Rows<CheckOut> {
        Rows(try await checkOuts.list(of: user, page, in: scope, database), of: page)
    }

    /// Shows the secret to whoever has checked it out, while they have it. The record is written before the secret leaves,
    /// or it does not leave.
    package func show(
        _ id: CheckOutID, to user: UserID, at now: Date, audit: AuditDraft, in scope: TenantScope
    ) async throws -> RevealedSecret {
        let account = try await database.transaction(in: scope) { transaction in
            guard let held = try await checkOuts.lock(id, in: scope, transaction), held.user == user else {
                throw VaultError.notFound
            }
            audit.target("account", held.account.text, name: held.accountName.text)
            audit.detail("checkOut", .string(id.text))
            audit.detail("request", .string("#\(held.number)"))
            try held.check(at: now)
            guard let account = try await store.find(held.account, in: scope, transaction), account.hasSecret else {
                throw VaultError.noSecret
            }
            // What is forbidden meanwhile no approval from before opens.
            try await bar.check(user, account, at: now, in: scope, transaction)
            audit.detail("secretVersion", .int(Int64(account.secretVersion)))
            try await checkOuts.noteShown(id, version: account.secretVersion, at: now, in: scope, transaction)
            try await audit.write(in: transaction)
            try await Outbox().publish(VaultEvents.shown(held, at: now), in: scope, transaction)
            return account
        }
        return try await revealed(account, in: scope)
    }
}
