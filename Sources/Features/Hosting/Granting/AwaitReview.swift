import FoundationEssentials
import GatewayContract
import Kernel
import Postgres

/// Waits with somebody at a worker for the word of somebody else about what they want to do there.
struct AwaitReview {
    private static let patience = Duration.seconds(8)
    /// For so long nothing is looked up unless there is news.
    private static let trust: TimeInterval = 60

    let database: Database
    let identity: any AdmissionIdentity
    let waiting: ReviewWaiting
    let gateways: Gateways

    func callAsFunction(
        _ request: ReviewRequest, from worker: WorkerID, at now: Date
    ) async throws -> ReviewAnswer {
        let key = "review \(worker.text) \(request.admission.text) \(request.ticket.text)"
        if !request.isGone, let place = waiting.place(key, now),
            case .timeIsUp = await waiting.wait(place, nil, Self.patience)
        {
            return ReviewAnswer(state: .waiting)
        }
        let found = try await AdmittedPerson(database: database, identity: identity).unbound(
            request.admission, on: worker, gateways: gateways, at: now)
        let place = ReviewWaiting.Place(ticket: request.ticket, scope: found.scope)
        if request.isGone { try await waiting.withdraw(place, found.user.id, now) }
        var state = try await waiting.state(place, found.user.id)
        if state == .waiting {
            waiting.keep(key, place, now + Self.trust)
            if case .woken = await waiting.wait(place, nil, Self.patience) {
                state = try await waiting.state(place, found.user.id)
            }
        }
        guard let state else { throw HostingError.notAdmitted }
        return ReviewAnswer(state: state)
    }
}
