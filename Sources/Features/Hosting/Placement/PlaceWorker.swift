import HTTPAPI
import Kernel
import Postgres

/// Puts a worker into another pool or region, or gives it other labels. Sessions that run go on.
struct PlaceWorker {
    let database: Database

    func callAsFunction(
        _ worker: WorkerID, at place: WorkerPlace, in scope: ProviderScope, audit: AuditDraft
    ) async throws {
        try await database.transaction(in: scope) { transaction in
            let name = try await transaction.first(
                WorkerStore.setPlace(worker, place), { try $0.next(String.self) })
            guard let name else { throw HostingError.notFound }
            audit.target("worker", worker.text, name: name)
            audit.detail("pool", .string(place.pool))
            audit.detail("region", .string(place.region))
            audit.detail("labels", place.labels.json)
            try await audit.write(in: transaction)
        }
    }
}
