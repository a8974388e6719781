package import Cryptography
package import FoundationEssentials
package import GatewayContract
package import HTTPAPI
package import Kernel
import ObjectStore
package import Postgres
import Recording
package import Tenancy

/// Recordings: how they come in, how they become evidence, how they are watched.
package struct Recordings: Sendable {
    let database: Database
    let keys: TenantKeys
    let stores: RecordingStores

    package init(database: Database, keys: TenantKeys, stores: RecordingStores) {
        self.database = database
        self.keys = keys
        self.stores = stores
    }

    /// What a recording's worker may send at once.
    package static let largestSegment = StoreSegment.largest

    /// Takes the next frames from a recording's worker; see `StoreSegment`.
    package func store(
        _ bytes: [UInt8], first: Int, of recording: RecordingID, from worker: WorkerID, at now: Date
    ) async throws -> SegmentStored {
        try await StoreSegment(database: database, stores: stores)(
            bytes, first: first, of: recording, from: worker, at: now)
    }

    /// What a worker needs to finish a recording that it left behind; throws `notFound` for what is not its own.
    package func unfinished(_ recording: RecordingID, on worker: WorkerID) async throws -> UnfinishedRecording {
        let scope = try await SessionHome(database: database).scope(of: recording, on: worker)
        let row = try await database.first(
            RecordingStore.find(recording, tenant: scope.tenant), in: scope, { try RecordingRow(&$0) })
        guard let row else { throw SessionError.notFound }
        return UnfinishedRecording(
            session: row.session, key: Redacted(try await unwrapKey(of: row, in: scope).reveal().reveal()),
            nextSequence: row.nextSequence, isComplete: row.progress?.isComplete == true)
    }

    /// Makes the receipt of a recording whose trailer has arrived: the work of the job `sealJob`.
    package func seal(_ recording: RecordingID, in scope: TenantScope, at now: Date) async throws {
        try await sealing(recording, in: scope, at: now)
    }

    package static let sealJob = SealRecording.kind

    /// How many bytes of a tenant's recordings were stored.
    package static func recordedBytes(in scope: TenantScope, _ database: Database) async throws -> Int {
        try await database.first(
            "select coalesce(sum(bytes), 0)::bigint from recordings where tenant_id = \(scope.tenant)", in: scope
        ) { try $0.next(Int.self) } ?? 0
    }

    /// Seals recordings whose worker never came back: called every minute, on one node at a time.
    @discardableResult
    package func reap(at now: Date) async throws -> Int {
        try await ReapRecordings(database: database, seal: sealing)(at: now)
    }

    /// Erases what began before, up to a hundred recordings, and tells how many there were. `keeping` has a moment for
    /// what belongs to organizations that keep theirs longer.
    package func expire(
        before: Date, keeping: [OrganizationID: Date] = [:], at now: Date, in scope: TenantScope
    ) async throws -> Int {
        try await ExpireRecordings(database: database, stores: stores)(
            before: before, keeping: keeping, at: now, in: scope)
    }

    /// As many as `expire` takes at once.
    package static let expiredAtOnce = ExpireRecordings.most

    private var sealing: SealRecording { SealRecording(database: database, stores: stores, keys: keys) }
}

// Watching.
extension Recordings {
    /// The events as lines of JSON, decrypted here.
    package func events(of session: SessionID, in scope: TenantScope, audit: AuditDraft) async throws -> Download {
        let playback = try await play(session, in: scope, audit: audit)
        let writer = ReplayWriter(playback)
        return Download(
            fileName: "\(session.text).ndjson",
            chunks: AsyncThrowingStream { try await writer.next() })
    }

    /// An asciicast, without what was typed.
    package func asciicast(of session: SessionID, in scope: TenantScope, audit: AuditDraft) async throws -> Download {
        let playback = try await play(session, in: scope, audit: audit)
        let writer = CastWriter(playback)
        return Download(
            fileName: "\(session.text).cast", chunks: AsyncThrowingStream { try await writer.next() })
    }

    /// The container as it is stored: encrypted, and checkable by anybody.
    package func container(of session: SessionID, in scope: TenantScope, audit: AuditDraft) async throws -> Download {
        let row = try await find(session, in: scope, audit: audit)
        let segments = try await StoredSegments(database: database).list(of: row.id, in: scope)
        let reader = SegmentReader(segments, stores: stores)
        return Download(
            fileName: "\(row.id.text).ghr", size: segments.reduce(0) { $0 + $1.count },
            chunks: AsyncThrowingStream { try await reader.next() })
    }

    /// `receipt.json`, to the byte.
    package func receipt(of session: SessionID, in scope: TenantScope) async throws -> Download {
        let row = try await find(session, in: scope, audit: .discarding)
        guard row.isSealed else { throw RecordingAbsent() }
        let store = try await stores.find(row.store, scope)
        let bytes = try await store.get(ObjectKey(RecordingPlace.receipt(row.prefix)))
        return Download(fileName: "\(row.id.text).receipt.json", bytes: bytes)
    }

    /// Where a text was shown.
    package func search(
        _ words: String, of session: SessionID, in scope: TenantScope, audit: AuditDraft
    ) async throws -> SearchHits {
        guard var search = RecordingSearch(words) else { return SearchHits(items: []) }
        let playback = try await play(session, in: scope, audit: audit)
        var hits: [TextLine] = []
        while hits.count < SearchHits.most, let events = try await playback.next() {
            for event in events { hits += search.hits(in: event) }
        }
        hits += search.finish()
        return SearchHits(items: hits.prefix(SearchHits.most).map(SearchHit.init))
    }

    /// Hands out the key of one recording, for reading it offline.
    package func key(
        of session: SessionID, because reason: KeyReason, in scope: TenantScope, audit: AuditDraft
    ) async throws -> RecordingKeyAnswer {
        let row = try await find(session, in: scope, audit: audit)
        audit.detail("reason", .string(reason.text))
        let key = try await unwrapKey(of: row, in: scope)
        try await database.transaction(in: scope) { try await audit.write(in: $0) }
        return RecordingKeyAnswer(key: Bytes(key.reveal().reveal()))
    }

    private func play(_ session: SessionID, in scope: TenantScope, audit: AuditDraft) async throws -> RecordingPlayback
    {
        let row = try await find(session, in: scope, audit: audit)
        guard row.progress != nil else { throw RecordingAbsent() }
        let segments = try await StoredSegments(database: database).list(of: row.id, in: scope)
        return RecordingPlayback(segments, key: try await unwrapKey(of: row, in: scope), stores: stores)
    }

    private func find(_ session: SessionID, in scope: TenantScope, audit: AuditDraft) async throws -> RecordingRow {
        let row = try await database.first(
            RecordingStore.find(of: session, tenant: scope.tenant), in: scope, { try RecordingRow(&$0) })
        guard let row else {
            let hadOne = try await database.first(
                "select true from recordings where tenant_id = \(scope.tenant) and session_id = \(session)", in: scope
            ) { try $0.next(Bool.self) }
            if hadOne == true { throw RecordingAbsent() }
            throw SessionError.notFound
        }
        audit.target("session", session.text)
        audit.detail("recording", .string(row.id.text))
        return row
    }

    private func unwrapKey(of row: RecordingRow, in scope: TenantScope) async throws -> RecordingKey {
        try await RecordingKey(
            unwrapping: row.wrappedKey, by: keys.key(row.tenantKey, in: scope), recording: row.id)
    }
}

/// A recording that its worker goes on with.
package struct UnfinishedRecording: Sendable {
    package let session: SessionID
    package let key: Redacted<[UInt8]>
    package let nextSequence: Int
    package let isComplete: Bool
}

/// There is nothing to play, or not yet.
struct RecordingAbsent: ProblemRepresentable {
    var problem: Problem { Problem(.recordingAbsent, "Nothing of this recording is stored: not yet, or no longer.") }
}
