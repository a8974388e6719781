import Audit
package import FoundationEssentials
package import Kernel
import Postgres

/// Notices workers that fell silent, and those that came back: both are in the provider's trail, once.
struct WatchWorkers {
    let database: Database

    func callAsFunction(at now: Date) async throws -> [WorkerNews] {
        let moment = now - Worker.deadAfter
        let scope = SystemScope(reason: "workers that fell silent")
        return try await database.transaction(in: scope) { transaction in
            let missing = try await transaction.query(WorkerStore.missing(since: moment, at: now)) { row in
                WorkerNews(worker: try row.next(), name: try row.next(), lastSeenAt: try row.next(), isMissing: true)
            }
            let back = try await transaction.query(WorkerStore.back(since: moment)) { row in
                (
                    news: WorkerNews(
                        worker: try row.next(), name: try row.next(), lastSeenAt: try row.next(), isMissing: false),
                    isHeard: try row.next(Bool.self)
                )
            }
            let news = missing + back.filter(\.isHeard).map(\.news)
            for news in news {
                try await ProviderAuditLog(database: database).append(news.entry(at: now), in: transaction)
            }
            return news
        }
    }
}

/// Something about a worker that an operator should know.
package struct WorkerNews: Sendable, Equatable {
    package let worker: WorkerID
    package let name: String
    package let lastSeenAt: Date
    package let isMissing: Bool

    fileprivate func entry(at now: Date) -> AuditEntry {
        AuditEntry(
            action: isMissing ? "worker.unhealthy" : "worker.recovered", actor: .worker(worker, name),
            target: AuditTarget("worker", worker, name), outcome: isMissing ? .failed : .success,
            details: ["lastSeenAt": .string(Timestamp.text(lastSeenAt))], at: now)
    }
}
