import FoundationEssentials
import GatewayContract
import Kernel
import Postgres

/// How it stands with what somebody at a worker waits for: the word of somebody else about what they want to do there.
struct ReadReview {
    let database: Database
    let identity: any AdmissionIdentity
    let waiting: ReviewWaiting
    let gateways: Gateways

    func callAsFunction(
        _ request: ReviewRequest, from worker: WorkerID, at now: Date
    ) async throws -> ReviewAnswer {
        let found = try await AdmittedPerson(database: database, identity: identity).unbound(
            request.admission, on: worker, gateways: gateways, at: now)
        let place = ReviewWaiting.Place(ticket: request.ticket, scope: found.scope)
        if request.isGone { try await waiting.withdraw(place, found.user.id, now) }
        guard let state = try await waiting.state(place, found.user.id, now) else { throw HostingError.notAdmitted }
        return ReviewAnswer(state: state)
    }
}
