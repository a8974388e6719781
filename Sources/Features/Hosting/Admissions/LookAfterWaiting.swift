import FoundationEssentials
import GatewayContract
import Kernel
import Postgres

/// Notes that people still wait at a worker, and finds those of whom there is news: two statements, however many they are.
struct LookAfterWaiting {
    let database: Database
    let waiting: ReviewWaiting

    func callAsFunction(_ list: WaitingList, on worker: WorkerID, at now: Date) async throws -> WaitingNews {
        guard !list.admissions.isEmpty else { return WaitingNews(admissions: []) }
        let places = try await database.query(
            AdmissionStore.waiting(list.admissions, on: worker, at: now),
            in: SystemScope(reason: "those who wait at a worker")
        ) { row in
            (
                try row.next(AdmissionID.self),
                ReviewWaiting.Place(ticket: try row.next(), scope: TenantScope(tenant: try row.next()))
            )
        }
        let over = Set(try await waiting.look(places.map(\.1), now))
        let same = Set(places.filter { !over.contains($0.1.ticket) }.map(\.0))
        // Whoever is not found here waits for nothing any more: their worker asks, and is told so.
        return WaitingNews(admissions: list.admissions.filter { !same.contains($0) })
    }
}
