import FoundationEssentials
import GatewayContract
import Kernel
import Postgres

/// Somebody whose proof was right and who waits for the word of somebody else.
extension AdmitPerson {
    /// How long a worker is kept waiting for an answer; it has them ask again then.
    private static let patience = Duration.seconds(8)

    func keep(
        waiting user: UserID, by way: AdmissionWay, until end: Date, _ admission: inout Admission, in scope: TenantScope
    ) async throws -> AdmissionAnswer {
        admission.wait(user, by: way, until: end)
        try await database.execute(AdmissionStore.save(admission, tenant: scope.tenant), in: scope)
        return .challenge(Self.waiting(admission.id, title: "Somebody has to agree to this sign-in. Waiting for them."))
    }

    /// Goes on waiting with somebody of whom nothing new is known. Only the door has asked the database something by then: who
    /// the worker is. Nil if there is news.
    func stay(_ call: Attempt) async -> AdmissionAnswer? {
        guard let id = call.request.admission, let place = waiting.place(call.key(id), call.now) else { return nil }
        return await wait(in: place, id, call)
    }

    private func wait(in place: ReviewWaiting.Place, _ id: AdmissionID, _ call: Attempt) async -> AdmissionAnswer? {
        switch await waiting.wait(place, call.request.clientAddress, Self.patience) {
        case .woken: nil
        case .timeIsUp: .challenge(Self.waiting(id, title: ""))
        case .crowded: .refused(AdmissionRefused(text: "Too many people wait at the moment. Try again later."))
        }
    }

    /// Waits for the answer for a while, and then has the worker ask again.
    func wait(_ id: AdmissionID, _ call: Attempt, in scope: TenantScope) async throws -> AdmissionAnswer {
        let start = ContinuousClock.now
        while true {
            let now = call.now.addingTimeInterval((ContinuousClock.now - start) / .seconds(1))
            guard
                var admission = try await database.first(
                    AdmissionStore.lock(id, tenant: scope.tenant), in: scope, AdmissionStore.decode),
                call.isOf(admission), case .waiting(let user, let way) = admission.stage
            else { return .refused(Self.denied) }
            guard admission.isOpen(at: now) else {
                return try await refuse(&admission, "Nobody has answered in time.", in: scope)
            }
            let answer = try await identity.awaited(
                user, by: way, attempt: id.text, clientAddress: admission.clientAddress, at: now, in: scope)
            switch answer {
            case .admitted(let user): return try await admit(user, &admission, call, in: scope)
            case .notReady(let text): return try await refuse(&admission, text, in: scope)
            case .refused, .held, .busy, .asked, .codeNeeded, .codeSent, .factorAsked:
                return try await refuse(&admission, Self.denied.text, in: scope)
            case .waits(_, let ticket, let end):
                let place = ReviewWaiting.Place(ticket: ticket, scope: scope)
                waiting.keep(call.key(id), place, end)
                if let answer = await wait(in: place, id, call) { return answer }
            }
        }
    }

    /// Takes back what somebody waited for who is gone.
    func dismiss(_ call: Attempt) async throws -> AdmissionAnswer {
        guard let id = call.request.admission,
            let scope = try await AdmissionHome(database: database).scope(of: id, on: call.worker),
            var admission = try await database.first(
                AdmissionStore.lock(id, tenant: scope.tenant), in: scope, AdmissionStore.decode),
            call.isOf(admission), case .waiting(let user, _) = admission.stage
        else { return .refused(Self.denied) }
        try await identity.left(user, attempt: id.text, at: call.now, in: scope)
        return try await refuse(&admission, Self.denied.text, in: scope)
    }

    /// A question without prompts: the client shows its text, and answers by itself.
    private static func waiting(_ id: AdmissionID, title: String) -> AdmissionChallenge {
        AdmissionChallenge(admission: id, title: title, prompts: [])
    }
}
