import Audit
import FoundationEssentials
import GatewayContract
import Kernel
import Postgres

/// What the tenant's trail says about people who come in without a sign-in, because the portal sent them.
enum AdmissionEvents {
    static func entered(
        _ admission: Admission, _ user: NamedUser, _ database: Database, at now: Date, in scope: TenantScope,
        _ transaction: Transaction
    ) async throws {
        let entry = AuditEntry(
            action: "terminal.opened", actor: .user(user.id, user.name),
            target: (admission.target?.asset).map { AuditTarget("asset", $0) },
            details: ["account": .string(admission.target?.account ?? "")], clientAddress: admission.clientAddress,
            at: now)
        try await AuditLog(database: database).append(entry, in: scope, transaction)
    }
}
