import Postgres

/// Another runner has the job now, because this one could not renew its lease in time.
struct LeaseLost: Error {}

extension JobStore {
    /// Runs the work on a job while its lease is renewed; cancels the work when the lease is lost.
    func holding(_ job: Job, lease: Duration, _ work: @escaping @Sendable () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await work() }
            group.addTask { try await keep(job, lease) }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    private func keep(_ job: Job, _ lease: Duration) async throws {
        var end = ContinuousClock.now + lease
        while true {
            try await Task.sleep(for: lease / 3)
            do {
                guard try await renew(job, lease: lease) else { throw LeaseLost() }
                end = .now + lease
            } catch let error as DatabaseError {
                // The database may be back before the lease ends.
                guard error.isUnavailable, ContinuousClock.now < end else { throw LeaseLost() }
            }
        }
    }
}
