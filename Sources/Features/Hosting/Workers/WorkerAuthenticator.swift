package import FoundationEssentials
package import HTTPAPI
import Kernel
package import Postgres

extension Permission {
    /// What a worker may do: serve its own sessions. There is no other permission of workers.
    package static let workerServe = Permission("worker.serve")
}

/// Knows a worker by its access token, and asks with every request whether it is still served: a worker that was
/// quarantined a moment ago is refused now.
package struct WorkerAuthenticator: Sendable {
    private let database: Database
    private let tokens: AccessTokens
    private let now: @Sendable () -> Date

    package init(database: Database, keys: InstallationKeys, now: @escaping @Sendable () -> Date = { Date() }) {
        self.database = database
        tokens = AccessTokens(key: keys.tokens)
        self.now = now
    }

    /// The worker that sent a request.
    package func callAsFunction(_ request: Incoming) async throws -> Authenticated<WorkerAPI.Caller> {
        guard case .bearer(let token)? = try request.credential(cookie: "session"),
            let worker = tokens.worker(of: token, at: now())
        else { throw Problem.unauthenticated("Get an access token first.") }
        let standing = try await database.first(
            WorkerStore.standing(worker), in: SystemScope(reason: "a worker calls"), { try WorkerStanding(&$0) })
        guard let standing, standing.state.isServed else {
            throw Problem.unauthenticated("This worker is not served.")
        }
        return Authenticated(
            caller: WorkerAPI.Caller(worker: worker, name: standing.name), permissions: [.workerServe], means: .bearer)
    }
}
