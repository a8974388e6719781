import FoundationEssentials
package import GatewayContract
package import Kernel
package import Postgres
package import Sessions

/// Leaves events for workers: rows that their stream reads, and a word to the nodes that hold a stream.
package struct WorkerMail: Sendable {
    static let channel = "worker_events"

    package init() {}

    /// Leaves one event, in the transaction of what causes it.
    package func tell(_ worker: WorkerID, _ event: WorkerEvent, in transaction: Transaction) async throws {
        try await tell([WorkerLine.Notice(worker: worker, event: event)], in: transaction)
    }

    /// Leaves events in any transaction: a tenant may write here, and read nothing.
    package func tell(_ notices: [WorkerLine.Notice], in transaction: Transaction) async throws {
        guard !notices.isEmpty else { return }
        try await transaction.execute(
            """
            insert into worker_events (worker_id, kind, session_id, data)
            select * from unnest(
              \(notices.map(\.worker))::uuid[], \(notices.map(\.event.kind.rawValue))::text[],
              \(notices.map(\.event.session))::uuid[], \(notices.map(\.event.json))::jsonb[])
            """)
        for worker in Set(notices.map(\.worker)) {
            try await transaction.execute("select pg_notify(\(Self.channel), \(worker.text))")
        }
    }

    /// Has everybody of the company who waits at a gateway to be let in asked about again, once the transaction commits: what
    /// they wait for may have changed.
    package func stirWaiting(in scope: TenantScope, _ transaction: Transaction) async throws {
        let waiting = try await transaction.query(AdmissionStore.waiting(tenant: scope.tenant), Self.news)
        try await tell(waiting, in: transaction)
    }

    /// Of somebody who waits.
    static func news(_ row: inout Row) throws -> WorkerLine.Notice {
        WorkerLine.Notice(
            worker: try row.next(), event: WorkerEvent(kind: .decision, admission: try row.next()))
    }

    /// What Sessions plugs in to tell workers that sessions have ended.
    package var line: WorkerLine {
        WorkerLine { notices, transaction in try await tell(notices, in: transaction) }
    }
}

extension WorkerEvent {
    /// The event as it is stored and sent.
    var json: JSON {
        // A schema writes JSON that the parser reads.
        (try? JSONParser.parse(Self.schema.bytes(of: self))) ?? .null
    }
}
