import FoundationEssentials
import Kernel
import Postgres

/// Everything by which people are in, or could come in without showing anew who they are.
enum OpenAccess {
    /// Leaves nothing of it, for whoever is shut out and by whomever: browsers, sign-ins under way, what was given for once,
    /// devices, programs, SSH keys, links of their own, and what others are asked about them. Who comes back begins anew. One
    /// statement for each kind, however many people.
    static func end(
        of people: [UserID], _ reviews: SignInReviews, at now: Date, in scope: TenantScope, _ tx: Transaction
    ) async throws {
        try await IdentityLinkStore.forgetBound(people, at: now, in: scope, tx)
        try await tx.execute(
            "delete from web_sessions where tenant_id = \(scope.tenant) and user_id = any(\(people))")
        try await tx.execute("delete from sign_ins where tenant_id = \(scope.tenant) and user_id = any(\(people))")
        try await tx.execute(
            "delete from identity_challenges where tenant_id = \(scope.tenant) and user_id = any(\(people))")
        try await tx.execute(
            "delete from temporary_passwords where tenant_id = \(scope.tenant) and user_id = any(\(people))")
        try await tx.execute("delete from device_links where tenant_id = \(scope.tenant) and user_id = any(\(people))")
        try await tx.execute("delete from api_tokens where tenant_id = \(scope.tenant) and user_id = any(\(people))")
        try await AccessKeyStore.disableAll(of: people, at: now, in: scope, tx)
        try await SSHKeyStore.disableAll(of: people, at: now, in: scope, tx)
        try await SignInLinkStore.revokeAll(of: people, in: scope, tx)
        try await RememberedDeviceStore.forgetAll(of: people, in: scope, tx)
        try await reviews.end(people, now, scope, tx)
    }
}
