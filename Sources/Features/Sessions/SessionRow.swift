import FoundationEssentials
import GatewayContract
import Kernel
import Postgres

/// A session as the use-cases change it, its row locked.
struct SessionRow {
    let id: SessionID
    let worker: WorkerID
    let user: NamedUser
    let assetName: String
    let accountName: String
    let recording: RecordingID
    let traceID: String
    var expiresAt: Date
    let leaseUntil: Date
    var factSequence: Int
    var life: SessionLife

    /// What `decode` reads, in its order.
    static let columns: SQL = """
        s.session_id, s.worker_id, s.user_id, s.user_name, s.asset_name, s.account_name, s.recording_id, s.trace_id,
        s.expires_at, s.lease_until, s.fact_sequence, s.created_at, s.state, s.connected_at, s.ended_at, s.end_reason, s.end_text,
        s.closed_at, s.report_sequence, s.seconds, s.bytes_in, s.bytes_out, s.recorded_bytes, s.command_count
        """

    init(_ row: inout Row) throws {
        id = try row.next()
        worker = try row.next()
        user = NamedUser(id: try row.next(), name: try row.next())
        assetName = try row.next()
        accountName = try row.next()
        recording = try row.next()
        traceID = try row.next()
        expiresAt = try row.next()
        leaseUntil = try row.next()
        factSequence = try row.next()
        life = SessionLife(createdAt: try row.next())
        life.state = try row.next()
        life.connectedAt = try row.next()
        let endedAt: Date? = try row.next()
        let reason: EndReason? = try row.next()
        let text: String? = try row.next()
        life.ending = endedAt.flatMap { at in reason.map { SessionLife.Ending(at: at, reason: $0, text: text) } }
        life.closedAt = try row.next()
        life.reportSequence = try row.next()
        life.counters = Counters(
            seconds: try row.next(), bytesIn: try row.next(), bytesOut: try row.next(),
            recordedBytes: try row.next(), commands: try row.next())
    }
}
