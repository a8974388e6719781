import Audit
import FoundationEssentials
import Kernel
import Postgres

/// Asks the tenant's rules whether a program that shows a token may come in, each time that it does.
struct GuardToken {
    let database: Database

    func callAsFunction(
        _ token: APITokenID, of person: CallingPerson, agreed: SignInRuleID?, from address: String, at now: Date,
        in scope: TenantScope
    ) async throws -> Bool {
        try await database.transaction(in: scope) { tx in
            let objection = try await SignInGuard.objection(
                to: person.user, from: address, agreed: agreed, at: now, in: scope, tx)
            guard let objection else { return true }
            guard try await APITokenStore.noteRefusal(token, at: now, in: scope, tx) else { return false }
            let entry = AuditEntry(
                action: "sign-in.token", actor: .nobody(person.name), target: AuditTarget("token", token),
                outcome: .refused, details: .object(objection.refusalDetails), clientAddress: address, at: now)
            try await AuditLog(database: database).append(entry, in: scope, tx)
            return false
        }
    }
}
