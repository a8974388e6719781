package import Cryptography
package import GatewayContract
package import Kernel

/// What Hosting needs of Vault: the secret of an account, for one session.
package protocol SecretSource: Sendable {
    /// Nil if the account has none.
    func secret(of account: AccountID, for session: SessionID, in scope: TenantScope) async throws -> AccountSecret?
}

/// A secret on its way to a worker.
package struct AccountSecret: Sendable {
    package let kind: GrantSecretKind
    package let bytes: Redacted<[UInt8]>

    package init(kind: GrantSecretKind, bytes: Redacted<[UInt8]>) {
        self.kind = kind
        self.bytes = bytes
    }
}
