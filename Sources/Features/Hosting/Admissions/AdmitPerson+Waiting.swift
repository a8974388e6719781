import FoundationEssentials
import GatewayContract
import Kernel
import Postgres

/// Somebody whose proof was right and who waits for the word of somebody else. Their worker keeps them: it is told when there is
/// news, and asks then.
extension AdmitPerson {
    /// What has become of what somebody waits for.
    func look(_ call: Attempt) async throws -> AdmissionAnswer {
        guard let (admission, scope) = try await waiting(call),
            case .waiting(let user, let way, _) = admission.stage
        else { return .refused(Self.denied) }
        guard admission.isOpen(at: call.now) else {
            return try await refuse(admission, "Nobody has answered in time.", in: scope)
        }
        let answer = try await identity.awaited(
            user, by: way, attempt: admission.id.text, clientAddress: admission.clientAddress, at: call.now, in: scope
        ) { try await keep($0, by: way, of: admission, call, in: scope, $1) }
        switch answer {
        case .admitted(let user): return try await enter(user, admission, call, in: scope)
        case .notReady(let text): return try await refuse(admission, text, in: scope)
        case .refused, .held, .busy, .asked, .codeNeeded, .codeSent, .factorAsked:
            return try await refuse(admission, Self.denied.text, in: scope)
        case .waits: return .challenge(Self.waiting(admission.id, title: ""))
        }
    }

    /// Takes back what somebody waited for who is gone.
    func dismiss(_ call: Attempt) async throws -> AdmissionAnswer {
        guard let (admission, scope) = try await waiting(call), case .waiting(let user, _, _) = admission.stage else {
            return .refused(Self.denied)
        }
        try await identity.left(user, attempt: admission.id.text, at: call.now, in: scope) { transaction in
            try await keepOut(admission, in: scope, transaction)
        }
        return .refused(Self.denied)
    }

    private func waiting(_ call: Attempt) async throws -> (Admission, TenantScope)? {
        guard let id = call.request.admission,
            let scope = try await AdmissionHome(database: database).scope(of: id, on: call.worker),
            let admission = try await admission(id, in: scope), call.isOf(admission)
        else { return nil }
        return (admission, scope)
    }

    /// A question without prompts: the client shows its text, and answers by itself.
    static func waiting(
        _ id: AdmissionID, title: String = "Somebody has to agree to this sign-in. Waiting for them."
    ) -> AdmissionChallenge {
        AdmissionChallenge(admission: id, title: title, prompts: [])
    }
}
