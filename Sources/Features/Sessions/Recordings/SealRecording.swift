import Audit
import Cryptography
import FoundationEssentials
import Jobs
import Kernel
import ObjectStore
import Postgres
import Recording
import Tenancy

/// Reads a stored recording again from its first byte, and certifies what it is with a signed receipt.
struct SealRecording {
    static let kind = "sessions.seal-recording"

    let database: Database
    let stores: RecordingStores
    let keys: TenantKeys

    static func enqueue(
        _ recording: RecordingID, in scope: TenantScope, database: Database, at now: Date, _ transaction: Transaction
    ) async throws {
        try await JobQueue(database: database).enqueue(
            kind: kind, payload: ["recording": .string(recording.text)], tenant: scope.tenant, runAt: now,
            dedupeKey: recording.text, in: transaction)
    }

    /// Does nothing for a recording that is sealed already.
    func callAsFunction(_ recording: RecordingID, in scope: TenantScope, at now: Date) async throws {
        let row = try await database.first(
            RecordingStore.find(recording, tenant: scope.tenant), in: scope, { try RecordingRow(&$0) })
        guard let row, row.state == .open || row.state == .uploaded else { return }
        guard row.progress != nil else {
            try await database.execute(
                RecordingStore.seal(row, as: .incomplete, receipt: nil, in: nil, at: now, tenant: scope.tenant),
                in: scope)
            return
        }
        let reading = try await read(row, in: scope)
        let session = try await database.first(SealedSession.select(row.session, tenant: scope.tenant), in: scope) {
            try SealedSession(&$0)
        }
        guard let session else { throw SessionError.notFound }
        let signer = try await keys.evidenceSigner(in: scope)
        let receipt = Receipt(
            of: reading.header, state: reading.state, user: session.user, asset: session.asset,
            account: session.account, ended: reading.ended ?? RecordingInstant(session.endedAt ?? now),
            reason: reading.reason ?? session.reason ?? "unknown", signedAt: RecordingInstant(now), key: signer.id)
        let signed = try SignedReceipt(signing: receipt, by: signer)
        let place = try await stores.current(scope)
        try await place.store.put(ObjectKey(RecordingPlace.receipt(row.prefix)), signed.bytes)
        let isWhole = receipt.complete && reading.fault == nil
        try await database.transaction(in: scope) { transaction in
            let sealed = try await transaction.execute(
                RecordingStore.seal(
                    row, as: isWhole ? .complete : .incomplete, receipt: signed.json, in: place.id,
                    at: now, tenant: scope.tenant))
            guard sealed == 1 else { return }
            try await AuditLog(database: database).append(
                AuditEntry(
                    action: "recording.sealed", actor: .system("recordings"),
                    target: AuditTarget("session", row.session), outcome: isWhole ? .success : .failed,
                    details: [
                        "complete": .bool(receipt.complete), "frames": .int(Int64(receipt.frames)),
                        "chain": .string(receipt.chain.text), "fault": reading.fault.map(JSON.string) ?? .null,
                    ], at: now), in: scope, transaction)
        }
    }

    private struct Reading {
        let header: RecordingHeader
        let state: ChainState
        var ended: RecordingInstant?
        var reason: String?
        /// What is wrong with its contents, though the chain holds.
        var fault: String?
    }

    /// Recomputes the chain over what the store gives back, and decrypts it on the way.
    private func read(_ row: RecordingRow, in scope: TenantScope) async throws -> Reading {
        let key = try await RecordingKey(
            unwrapping: row.wrappedKey, by: keys.key(row.tenantKey, in: scope), recording: row.id)
        var decoder = RecordingDecoder(key: key)
        var found: (header: RecordingHeader, state: ChainState)?
        var fault: String?
        let segments = try await StoredSegments(database: database).list(of: row.id, in: scope)
        for segment in segments {
            let bytes = try await segment.read(from: stores)
            let accepted = try SegmentVerifier.accept(bytes, after: found?.state)
            guard let header = found?.header ?? accepted.header else { throw StoredSegments.Failure.noHeader }
            found = (header, accepted.state)
            if fault == nil {
                do throws(ContainerFault) {
                    _ = try decoder.feed(bytes)
                } catch {
                    fault = error.description
                }
            }
        }
        guard let found else { throw StoredSegments.Failure.noHeader }
        return Reading(
            header: found.header, state: found.state, ended: decoder.trailer?.ended, reason: decoder.trailer?.reason,
            fault: fault)
    }
}

/// What a receipt says about a session besides its recording.
private struct SealedSession {
    let user: UserID
    let asset: AssetID
    let account: String
    let endedAt: Date?
    let reason: String?

    static func select(_ id: SessionID, tenant: TenantID) -> SQL {
        """
        select user_id, asset_id, account_name, ended_at, end_reason from sessions
        where tenant_id = \(tenant) and session_id = \(id)
        """
    }

    init(_ row: inout Row) throws {
        user = try row.next()
        asset = try row.next()
        account = try row.next()
        endedAt = try row.next()
        reason = try row.next()
    }
}
