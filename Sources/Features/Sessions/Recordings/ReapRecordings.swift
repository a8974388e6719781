import FoundationEssentials
import Kernel
import ObjectStore
import Postgres
import Tenancy

/// Seals what nobody else does: recordings whose worker never came back, and those whose job was lost.
struct ReapRecordings {
    /// How long a worker may take to bring the rest of a recording after its session ended.
    static let patience: TimeInterval = 86_400
    private static let jobPatience: TimeInterval = 600
    private static let most = 100

    let database: Database
    let seal: SealRecording

    /// How many recordings were sealed.
    @discardableResult
    func callAsFunction(at now: Date) async throws -> Int {
        let statement = RecordingStore.unsealed(
            uploadedBefore: now - Self.jobPatience, lostBefore: now - Self.patience, limit: Self.most)
        let due = try await database.query(statement, in: SystemScope(reason: "recordings without a receipt")) { row in
            (tenant: try row.next(TenantID.self), recording: try row.next(RecordingID.self))
        }
        var failure: (any Error)?
        for recording in due {
            do {
                try await seal(recording.recording, in: TenantScope(tenant: recording.tenant), at: now)
            } catch {
                // One recording whose object is lost must not keep the others waiting.
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
        return due.count
    }
}
