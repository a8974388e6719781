import Kernel
package import Outbound
import Synchronization

/// Asks directories, on a few threads of its own.
///
/// libldap can search without blocking, but not resolve a name, shake hands for TLS or say StartTLS. A directory that
/// hangs there would stall the cooperative pool, which has one thread per core. Here it holds one of a fixed number of
/// threads, up to a deadline that a watchdog enforces from outside; the queue for them has an end, and no party has more
/// than its share, so that one company's broken directory is not everybody's.
package final class LDAPClient: Sendable {
    private let pool: BlockingPool
    private let share: Int
    private let running = Mutex<[String: Int]>([:])
    private let unwell = Mutex<[HostPort: ContinuousClock.Instant]>([:])

    /// How long a server gets to be there, when there is another one to turn to; and how long all together that have one
    /// behind them, so that whoever signs in while several are gone is in before three seconds are over.
    static let patience = Duration.milliseconds(1200)
    static let patienceTogether = Duration.seconds(2)
    /// What a server gets in any case: one that is far away encrypts in that.
    static let leastPatience = Duration.milliseconds(300)
    /// How long a server that was not there is tried last.
    private static let pause = Duration.seconds(30)

    /// `share` is how many of the jobs may be one party's.
    package init(threads: Int = 16, waiting: Int = 64, share: Int = 8) {
        pool = BlockingPool(threads: threads, waiting: waiting)
        self.share = share
    }

    /// Runs a job on the first server that serves. The job may run again on the next one, if the first breaks off.
    /// Throws `BlockingPool.Busy` when there are too many jobs.
    package func run<Value: Sendable>(
        _ directory: LDAPDirectory, for party: String, egress: EgressPolicy,
        _ job: @escaping @Sendable (LDAPConnection) throws(LDAPError) -> Value
    ) async throws -> Value {
        try enter(party)
        defer { leave(party) }
        let watchdogs = Watchdogs()
        return try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask { [self] in
                defer { watchdogs.end() }
                return try await pool.run { try self.work(directory, egress, watchdogs, job) }
            }
            group.addTask {
                await watchdogs.run()
                return nil
            }
            var value: Value?
            while let result = try await group.next() {
                if let result { value = result }
            }
            guard let value else { throw CancellationError() }
            return value
        }
    }

    private func enter(_ party: String) throws(BlockingPool.Busy) {
        let hasEntered = running.withLock { running in
            let count = running[party, default: 0]
            guard count < share else { return false }
            running[party] = count + 1
            return true
        }
        guard hasEntered else { throw BlockingPool.Busy() }
    }

    private func leave(_ party: String) {
        running.withLock { running in
            let left = running[party, default: 1] - 1
            running[party] = left > 0 ? left : nil
        }
    }

    private func work<Value>(
        _ directory: LDAPDirectory, _ egress: EgressPolicy, _ watchdogs: Watchdogs,
        _ job: (LDAPConnection) throws(LDAPError) -> Value
    ) throws(LDAPError) -> Value {
        var attempts: [LDAPAttempt] = []
        let servers = inOrder(directory.servers)
        var left = Self.patienceTogether
        for (index, server) in servers.enumerated() {
            let start = ContinuousClock.now
            let patience = Self.patience(before: servers.count - 1 - index, sharing: left)
            let limit = patience.map { min($0, directory.timeout) } ?? directory.timeout
            do throws(LDAPError) {
                let session: LDAPSession
                do throws(LDAPError) {
                    session = try open(server, directory, egress, watchdogs, within: limit)
                } catch {
                    left -= .now - start
                    throw error
                }
                unwell.withLock { $0[server] = nil }
                let attempt = LDAPAttempt(server: server, error: nil, took: .now - start)
                let connection = LDAPConnection(
                    session, to: server, of: directory, egress: egress, watchdogs, after: attempts + [attempt])
                return try job(connection)
            } catch {
                guard error.isOfServer else { throw error }
                unwell.withLock { $0[server] = .now }
                attempts.append(LDAPAttempt(server: server, error: error, took: .now - start))
            }
        }
        throw .noServer(attempts)
    }

    /// How long a server gets to be there that has so many behind it: its part of what is left for all of them but the last,
    /// for which it is nil.
    static func patience(before following: Int, sharing left: Duration) -> Duration? {
        guard following > 0 else { return nil }
        return max(min(left / following, patience), leastPatience)
    }

    private func open(
        _ server: HostPort, _ directory: LDAPDirectory, _ egress: EgressPolicy, _ watchdogs: Watchdogs,
        within limit: Duration
    ) throws(LDAPError) -> LDAPSession {
        let session = try LDAPSession(server, directory, egress: egress, watchdogs.next(), within: limit)
        try session.bind(directory.account?.dn ?? "", directory.account?.password)
        return session
    }

    /// Those that were not there a moment ago come last.
    private func inOrder(_ servers: [HostPort]) -> [HostPort] {
        let now = ContinuousClock.now
        let resting = unwell.withLock { unwell in
            unwell = unwell.filter { now - $0.value < Self.pause }
            return Set(unwell.keys)
        }
        return servers.filter { !resting.contains($0) } + servers.filter(resting.contains)
    }
}
