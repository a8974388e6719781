import Access
import Vault

extension SecretBar {
    /// What denies sessions denies secrets.
    static func live(_ access: Access) -> SecretBar {
        SecretBar { question, scope, transaction in
            try await access.isBarred(
                question.user, from: question.account, on: question.asset, at: question.at, in: scope, transaction)
        }
    }
}
