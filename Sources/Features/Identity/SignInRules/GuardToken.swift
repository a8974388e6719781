import Audit
import FoundationEssentials
import Kernel
import Postgres

/// By what a program proves whose it is.
enum ProgramProof {
    case token(APITokenID)
    case key(AccessKeyID)

    fileprivate var target: AuditTarget {
        switch self {
        case .token(let id): AuditTarget("token", id)
        case .key(let id): AuditTarget("access-key", id)
        }
    }

    fileprivate var action: String {
        switch self {
        case .token: "sign-in.token"
        case .key: "sign-in.access-key"
        }
    }
}

/// Asks the tenant's rules whether a program that shows a token or signs may come in, each time that it does.
struct GuardToken {
    let database: Database

    func callAsFunction(
        _ proof: ProgramProof, of person: CallingPerson, agreed: SignInRuleID?, from address: String, at now: Date,
        in scope: TenantScope
    ) async throws -> Bool {
        try await database.transaction(in: scope) { tx in
            let objection = try await SignInGuard.objection(
                to: person.user, from: address, agreed: agreed, at: now, in: scope, tx)
            guard let objection else { return true }
            try await note(
                proof, of: person, .object(objection.details), from: address, at: now, in: scope, tx)
            return false
        }
    }

    /// Tells the trail of a refusal, once in a while.
    func note(
        _ proof: ProgramProof, of person: CallingPerson, _ details: JSON, from address: String, at now: Date,
        in scope: TenantScope
    ) async throws {
        try await database.transaction(in: scope) { tx in
            try await note(proof, of: person, details, from: address, at: now, in: scope, tx)
        }
    }

    private func note(
        _ proof: ProgramProof, of person: CallingPerson, _ details: JSON, from address: String, at now: Date,
        in scope: TenantScope, _ tx: Transaction
    ) async throws {
        let isTold =
            switch proof {
            case .token(let id): try await APITokenStore.noteRefusal(id, at: now, in: scope, tx)
            case .key(let id): try await AccessKeyStore.noteRefusal(id, at: now, in: scope, tx)
            }
        guard isTold else { return }
        let entry = AuditEntry(
            action: proof.action, actor: .nobody(person.name), target: proof.target, outcome: .refused,
            details: details, clientAddress: address, at: now)
        try await AuditLog(database: database).append(entry, in: scope, tx)
    }
}
