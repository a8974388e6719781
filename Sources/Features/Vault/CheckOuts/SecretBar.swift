package import Assets
package import FoundationEssentials
package import Kernel
package import Postgres

/// Who is kept from which account, whatever a request has settled: Access, which the control plane plugs in.
package struct SecretBar: Sendable {
    /// Whose secret somebody is to have, and when.
    package struct Question: Sendable, Hashable {
        package let user: UserID
        package let asset: AssetID
        package let account: AccountName
        package let at: Date
    }

    package var isBarred: @Sendable (Question, TenantScope, Transaction) async throws -> Bool

    package init(isBarred: @escaping @Sendable (Question, TenantScope, Transaction) async throws -> Bool) {
        self.isBarred = isBarred
    }

    /// Throws where the account is denied to the person, or is out of service.
    func check(
        _ user: UserID, _ account: Account, at: Date, in scope: TenantScope, _ transaction: Transaction
    ) async throws {
        let question = Question(user: user, asset: account.asset, account: account.name, at: at)
        guard try await !isBarred(question, scope, transaction) else { throw VaultError.barred }
    }
}
