import Assets
import Audit
import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres
import Stage
import TestSupport
import Testing

@testable import Access

/// An estate in which something has been done: its grants are forty days old.
struct History {
    static let day: TimeInterval = 86_400

    let estate: Estate
    let worker: WorkerID

    var stage: Stage { estate.stage }
    var scope: TenantScope { estate.scope }
    var now: Date { estate.stage.now }

    init() async throws {
        estate = try await Estate()
        worker = .new()
        let key = [UInt8](repeating: 1, count: 32)
        try await estate.stage.database.execute(
            """
            insert into workers (worker_id, name, pool, signing_key, sealing_key, enrolled_at, last_seen_at)
            values (\(worker), 'one', 'default', \(key), \(key), now(), now())
            """, in: SystemScope(reason: "test"))
    }

    func ago(_ days: Double) -> Date { now.addingTimeInterval(-days * Self.day) }

    /// Makes all grants so old that they were there on all the days.
    func age(_ days: Double = 40) async throws {
        try await stage.database.execute(
            "update grants set created_at = \(ago(days)), starts_at = \(ago(days)) where tenant_id = \(scope.tenant)",
            in: scope)
    }

    func session(
        _ user: UserID? = nil, on asset: AssetID? = nil, as account: String = "root", at time: Date
    ) async throws {
        try await stage.database.execute(
            """
            insert into sessions (tenant_id, session_id, user_id, user_name, asset_id, asset_name, account_id,
                account_name, protocol, channel, worker_id, entrance, created_at, expires_at, lease_until, recording_id,
                state, ended_at, end_reason)
            values (\(scope.tenant), \(SessionID.new()), \(user ?? estate.rita), 'Rita', \(asset ?? estate.asset), 'web-1',
                \(AccountID.new()), \(account), 'ssh', 'shell', \(worker), 'ssh', \(time), \(time), \(time),
                \(RecordingID.new()), 'ended', \(time), 'exited')
            """, in: scope)
    }

    /// As a gateway's refusal stands in the trail.
    func refused(
        _ target: String, _ user: UserID? = nil, because code: DecisionReason.Code = .noGrant, at time: Date
    ) async throws {
        let entry = AuditEntry(
            action: "session.granted", actor: .user(user ?? estate.rita, "Rita"),
            target: AuditTarget(kind: "target", id: nil, name: target), outcome: .refused,
            details: ["reasons": [.string(code.rawValue)]], traceID: "trace", clientAddress: nil, at: time)
        try await AuditLog(database: stage.database).append(entry, scope: scope)
    }

    func attempt(_ body: JSON, in other: TenantScope? = nil) async throws -> AccessTrial {
        try await estate.access.attempt(
            TryAccess.schema.parse(body), at: now, audit: .discarding, in: other ?? scope)
    }

    /// A grant to be added, for Rita on her asset unless said otherwise.
    func addition(_ more: JSON = [:]) -> JSON {
        let body: JSON = [
            "name": "New", "users": [.string(estate.rita.text)], "assets": [.string(estate.asset.text)],
            "accounts": [["kind": "all"]], "protocols": ["ssh"], "actions": ["connect"],
        ]
        return body.merging(more)
    }
}

extension TrialRow {
    /// Who, on what, as whom, how many of how many, and whether it is open now, without and with the change.
    var line: String {
        "\(user.name) \(asset.name) \(account?.text ?? "?") \(changed)/\(count) \(isOpenNow)>\(staysOpenNow)"
    }
}
