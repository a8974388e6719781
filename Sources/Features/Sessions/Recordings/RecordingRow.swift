import FoundationEssentials
import Kernel
import Postgres
import Recording

/// A recording as it is stored, and how far.
struct RecordingRow {
    let id: RecordingID
    let session: SessionID
    let worker: WorkerID
    let state: RecordingState
    let tenantKey: TenantKeyID
    let wrappedKey: [UInt8]
    let prefix: String
    /// Where the receipt lies; nil for the installation's own store.
    let store: RecordingStoreID?
    let nextSequence: Int
    /// Nil before the first segment.
    let progress: ChainState?
    let startedAt: Date

    /// Whether there is a receipt.
    var isSealed: Bool { progress != nil && (state == .complete || state == .incomplete) }

    /// What the initializer reads, in its order.
    static let columns: SQL = """
        r.recording_id, r.session_id, s.worker_id, r.state, r.tenant_key_id, r.wrapped_key, r.object_prefix, r.recording_store_id,
        r.next_sequence, r.progress, r.started_at
        """

    init(_ row: inout Row) throws {
        id = try row.next()
        session = try row.next()
        worker = try row.next()
        state = try row.next()
        tenantKey = try row.next()
        wrappedKey = try row.next()
        prefix = try row.next()
        store = try row.next()
        nextSequence = try row.next()
        let progress: [UInt8]? = try row.next()
        self.progress = progress.flatMap(ChainState.init(stored:))
        startedAt = try row.next()
    }
}
