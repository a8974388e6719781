import FoundationEssentials
import GatewayContract
import HTTPAPI
import Kernel
import Postgres
import Sessions

/// Does what the provider wants with a worker.
struct OrderWorker {
    let database: Database
    let mail: WorkerMail
    let sessions: Sessions

    func callAsFunction(_ order: WorkerOrder, _ worker: WorkerID, at now: Date, audit: AuditDraft) async throws {
        let scope = SystemScope(reason: "the provider orders a worker")
        try await database.transaction(in: scope) { transaction in
            let standing = try await transaction.first(
                "select name, state from workers where worker_id = \(worker) for update"
            ) { row in (name: try row.next(String.self), state: try row.next(WorkerState.self)) }
            guard let standing, standing.state != .removed else { throw HostingError.notFound }
            audit.target("worker", worker.text, name: standing.name)
            guard let state = order.state(after: standing.state) else { throw HostingError.wrongState }
            try await transaction.execute("update workers set state = \(state) where worker_id = \(worker)")
            if let kind = order.event { try await mail.tell(worker, WorkerEvent(kind: kind), in: transaction) }
            try await audit.write(in: transaction)
        }
        // The worker is cut off already. Its sessions are ended for the trail and for the bill; what breaks off here,
        // the sweeper finishes.
        if order == .quarantine || order == .remove { try await sessions.sweep(at: now) }
    }
}

extension WorkerOrder {
    fileprivate var event: WorkerEventKind? {
        switch self {
        case .drain: .drain
        case .quarantine, .remove: .quarantine
        case .resume: nil
        }
    }
}
