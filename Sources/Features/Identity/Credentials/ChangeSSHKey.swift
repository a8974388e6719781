import HTTPAPI
import Kernel
import Postgres
import Tenancy

/// Switches one's own SSH keys off and on.
struct ChangeSSHKey {
    let database: Database
    let tenants: TenantSettings

    func set(enabled: Bool, _ id: SSHKeyID, _ acting: Acting) async throws -> SSHKey {
        let days = try await tenants.value(of: Setting.keyProviderDays, in: acting.scope)
        return try await database.transaction(in: acting.scope) { tx in
            let key = try await SSHKeyStore.set(
                enabled: enabled, id, of: acting.user, within: days, at: acting.now, in: acting.scope, tx)
            guard let key else { throw IdentityError.notFound }
            acting.audit.target("ssh-key", id.text, name: key.name)
            acting.audit.detail("fingerprint", .string(key.fingerprint))
            try await acting.audit.write(in: tx)
            return key
        }
    }
}
