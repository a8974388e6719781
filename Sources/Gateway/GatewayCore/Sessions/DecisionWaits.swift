package import FoundationEssentials
package import Kernel
import Synchronization

/// Who waits at this worker for somebody's word. Nobody holds a thread or a call of the control plane here: whoever waits is
/// called, and asks then what has become of it. A call may come for nothing, and may be lost with the event stream: whoever
/// waits asks by themselves now and then.
package final class DecisionWaits: Sendable {
    /// What somebody waits for.
    package enum Subject: Hashable, Sendable {
        /// That a request of theirs ends.
        case request(TicketID)
        /// That somebody agrees to their sign-in.
        case signIn(AdmissionID)
    }

    /// How many may wait; those of one company leave room to others, also where there are two of that kind.
    package struct Limits: Sendable {
        package var places: SharedPlaces
        /// So many ask the control plane at once when they are called: thousands may be at the same moment.
        package var asking: Int

        package init(all: Int = 5000, ofOneTenant: Int = 2500, asking: Int = 16) {
            places = SharedPlaces(all: all, ofOne: ofOneTenant)
            self.asking = asking
        }
    }

    private struct Waiter {
        let tenant: String
        let wake: @Sendable () -> Void
    }

    private struct State {
        var waiters: [Subject: [UUID: Waiter]] = [:]
        var tenants: [String: Int] = [:]
        var count = 0
    }

    private let state = Mutex(State())
    private let limits: Limits
    private let turns: FairAdmission<String>
    private let pauses: ClosedRange<Duration>

    /// `pauses` is how long somebody waits for the end of a request before they ask by themselves: often enough that their
    /// admission lives on.
    package init(asking pauses: ClosedRange<Duration> = .seconds(90) ... .seconds(150), limits: Limits = Limits()) {
        self.pauses = pauses
        self.limits = limits
        turns = FairAdmission(
            places: limits.asking, placesBesideOthers: max(1, limits.asking / 2), mostWaiting: limits.places.ofOne)
    }

    /// How long until somebody asks by themselves next: not all at the same time.
    package var pause: Duration { .random(in: pauses) }

    /// Calls `wake` when there may be news, until it is told to stop. Nil if too many wait already, in all or of this company, or
    /// if only the last places are left and the company has some.
    package func add(_ subject: Subject, of tenant: String, _ wake: @escaping @Sendable () -> Void) -> UUID? {
        let id = UUID()
        return state.withLock { state in
            let own = state.tenants[tenant, default: 0]
            guard limits.places.hasRoom(forOneWith: own, taken: state.count) else { return nil }
            state.waiters[subject, default: [:]][id] = Waiter(tenant: tenant, wake: wake)
            state.tenants[tenant, default: 0] += 1
            state.count += 1
            return id
        }
    }

    package func remove(_ id: UUID, of subject: Subject) {
        state.withLock { state in
            guard let waiter = state.waiters[subject]?.removeValue(forKey: id) else { return }
            if state.waiters[subject]?.isEmpty == true { state.waiters[subject] = nil }
            state.count -= 1
            state.tenants[waiter.tenant, default: 1] -= 1
            if state.tenants[waiter.tenant] == 0 { state.tenants[waiter.tenant] = nil }
        }
    }

    /// There may be news.
    package func call(_ subject: Subject) {
        for waiter in state.withLock({ Array(($0.waiters[subject] ?? [:]).values) }) { waiter.wake() }
    }

    /// Asks the control plane for somebody of this company, a few at a time. Nil if too many of it are about to.
    package func ask<Result, Failure: Error>(
        for tenant: String, _ work: () async throws(Failure) -> Result
    ) async throws(Failure) -> Result? {
        try await turns.serve(tenant, work)
    }

    /// How many wait.
    package var count: Int { state.withLock { $0.count } }

    /// Those who wait to be let in.
    package var signIns: [AdmissionID] {
        state.withLock { state in
            state.waiters.keys.compactMap { if case .signIn(let admission) = $0 { admission } else { nil } }
        }
    }
}

extension Duration {
    package static func random(in range: ClosedRange<Duration>) -> Duration {
        range.lowerBound + (range.upperBound - range.lowerBound) * Double.random(in: 0...1)
    }
}
