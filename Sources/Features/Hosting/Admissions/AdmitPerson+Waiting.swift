import FoundationEssentials
import GatewayContract
import Kernel
import Postgres

/// Somebody whose proof was right and who waits for the word of somebody else. Their worker keeps them: it is told when there is
/// news, and asks then.
extension AdmitPerson {
    func keep(
        waiting user: UserID, by way: AdmissionWay, for ticket: TicketID, until end: Date, _ admission: inout Admission,
        in scope: TenantScope
    ) async throws -> AdmissionAnswer {
        admission.wait(user, by: way, for: ticket, until: end)
        try await database.execute(AdmissionStore.save(admission, tenant: scope.tenant), in: scope)
        return .challenge(Self.waiting(admission.id, title: "Somebody has to agree to this sign-in. Waiting for them."))
    }

    /// What has become of what somebody waits for.
    func look(_ call: Attempt) async throws -> AdmissionAnswer {
        guard let id = call.request.admission,
            let scope = try await AdmissionHome(database: database).scope(of: id, on: call.worker),
            var admission = try await database.first(
                AdmissionStore.lock(id, tenant: scope.tenant), in: scope, AdmissionStore.decode),
            call.isOf(admission), case .waiting(let user, let way, let known) = admission.stage
        else { return .refused(Self.denied) }
        guard admission.isOpen(at: call.now) else {
            return try await refuse(&admission, "Nobody has answered in time.", in: scope)
        }
        let answer = try await identity.awaited(
            user, by: way, attempt: id.text, clientAddress: admission.clientAddress, at: call.now, in: scope)
        switch answer {
        case .admitted(let user): return try await admit(user, &admission, call, in: scope)
        case .notReady(let text): return try await refuse(&admission, text, in: scope)
        case .refused, .held, .busy, .asked, .codeNeeded, .codeSent, .factorAsked:
            return try await refuse(&admission, Self.denied.text, in: scope)
        case .waits(_, let ticket, let end):
            // Another rule asks others.
            if ticket != known {
                admission.wait(user, by: way, for: ticket, until: end)
                try await database.execute(AdmissionStore.save(admission, tenant: scope.tenant), in: scope)
            }
            return .challenge(Self.waiting(id, title: ""))
        }
    }

    /// Takes back what somebody waited for who is gone.
    func dismiss(_ call: Attempt) async throws -> AdmissionAnswer {
        guard let id = call.request.admission,
            let scope = try await AdmissionHome(database: database).scope(of: id, on: call.worker),
            var admission = try await database.first(
                AdmissionStore.lock(id, tenant: scope.tenant), in: scope, AdmissionStore.decode),
            call.isOf(admission), case .waiting(let user, _, _) = admission.stage
        else { return .refused(Self.denied) }
        try await identity.left(user, attempt: id.text, at: call.now, in: scope)
        return try await refuse(&admission, Self.denied.text, in: scope)
    }

    /// A question without prompts: the client shows its text, and answers by itself.
    private static func waiting(_ id: AdmissionID, title: String) -> AdmissionChallenge {
        AdmissionChallenge(admission: id, title: title, prompts: [])
    }
}
