import Cryptography
import FoundationEssentials
import Kernel
import ObjectStore
import Postgres
import Recording

/// The statements about recordings.
enum RecordingStore {
    static func insert(_ new: NewSession.Recording, of session: SessionID, at now: Date, tenant: TenantID) -> SQL {
        """
        insert into recordings (
          tenant_id, recording_id, session_id, tenant_key_id, wrapped_key, object_prefix, started_at)
        values (
          \(tenant), \(new.id), \(session), \(new.tenantKey), \(new.wrappedKey),
          \(RecordingPlace.prefix(of: new.id, tenant: tenant, at: now)), \(now))
        """
    }

    static func lock(_ id: RecordingID, tenant: TenantID) -> SQL {
        """
        select \(fragment: RecordingRow.columns) from recordings r
        join sessions s on s.tenant_id = r.tenant_id and s.session_id = r.session_id
        where r.tenant_id = \(tenant) and r.recording_id = \(id) and r.state <> 'expired' for update of r
        """
    }

    static func find(_ id: RecordingID, tenant: TenantID) -> SQL {
        """
        select \(fragment: RecordingRow.columns) from recordings r
        join sessions s on s.tenant_id = r.tenant_id and s.session_id = r.session_id
        where r.tenant_id = \(tenant) and r.recording_id = \(id) and r.state <> 'expired'
        """
    }

    static func find(of session: SessionID, tenant: TenantID) -> SQL {
        """
        select \(fragment: RecordingRow.columns) from recordings r
        join sessions s on s.tenant_id = r.tenant_id and s.session_id = r.session_id
        where r.tenant_id = \(tenant) and r.session_id = \(session) and r.state <> 'expired'
        """
    }

    static func segment(_ first: Int, of id: RecordingID, tenant: TenantID) -> SQL {
        """
        select sha256, claimed_at, stored_at is not null from recording_segments
        where tenant_id = \(tenant) and recording_id = \(id) and first_sequence = \(first)
        """
    }

    /// Takes the place, or takes it over.
    static func claim(
        _ segment: NewSegment, of id: RecordingID, in store: RecordingStoreID?, at now: Date, tenant: TenantID
    ) -> SQL {
        """
        insert into recording_segments (
          tenant_id, recording_id, first_sequence, last_sequence, bytes, sha256, chain, object_key,
          recording_store_id, claimed_at)
        values (
          \(tenant), \(id), \(segment.first), \(Int(segment.state.sequence)), \(segment.bytes.count),
          \(segment.hash.bytes), \(segment.state.chain.bytes), \(segment.objectKey), \(store), \(now))
        on conflict (tenant_id, recording_id, first_sequence) do update set
          last_sequence = excluded.last_sequence, bytes = excluded.bytes, sha256 = excluded.sha256,
          chain = excluded.chain, recording_store_id = excluded.recording_store_id, claimed_at = excluded.claimed_at
        """
    }

    /// Changes no row if the place was taken over by other bytes.
    static func markStored(
        _ segment: NewSegment, of id: RecordingID, in store: RecordingStoreID?, at now: Date, tenant: TenantID
    ) -> SQL {
        """
        update recording_segments set stored_at = \(now)
        where tenant_id = \(tenant) and recording_id = \(id) and first_sequence = \(segment.first)
          and sha256 = \(segment.hash.bytes) and recording_store_id is not distinct from \(store) and stored_at is null
        """
    }

    static func advance(_ id: RecordingID, to segment: NewSegment, at now: Date, tenant: TenantID) -> SQL {
        let isComplete = segment.state.isComplete
        return """
            update recordings set
              progress = \(segment.state.stored), next_sequence = \(Int(segment.state.nextSequence)),
              bytes = bytes + \(segment.bytes.count), state = \(isComplete ? RecordingState.uploaded : .open),
              uploaded_at = \((isComplete ? now : nil).bind)
            where tenant_id = \(tenant) and recording_id = \(id)
            """
    }

    /// The stored parts in their order.
    static func segments(of id: RecordingID, tenant: TenantID) -> SQL {
        """
        select recording_store_id, object_key, sha256, bytes from recording_segments
        where tenant_id = \(tenant) and recording_id = \(id) and stored_at is not null
        order by first_sequence
        """
    }

    /// Only what was read is sealed: if more has come in the meantime, no row changes.
    static func seal(
        _ row: RecordingRow, as state: RecordingState, receipt: JSON?, in store: RecordingStoreID?, at now: Date,
        tenant: TenantID
    ) -> SQL {
        """
        update recordings set state = \(state), receipt = \(receipt.bind)::jsonb, recording_store_id = \(store),
          sealed_at = \(now)
        where tenant_id = \(tenant) and recording_id = \(row.id) and state in ('open', 'uploaded')
          and next_sequence = \(row.nextSequence)
        """
    }

    /// What began before and is over, the oldest first.
    static func due(before: Date, keeping: [OrganizationID: Date], limit: Int, tenant: TenantID) -> SQL {
        """
        select r.recording_id, r.session_id, r.object_prefix from recordings r
        join sessions s on s.tenant_id = r.tenant_id and s.session_id = r.session_id
        left join unnest(\(keeping.map(\.key))::uuid[], \(keeping.map(\.value))::timestamptz[]) k (org_id, before)
          on k.org_id = s.org_id
        where r.tenant_id = \(tenant) and r.state in ('complete', 'incomplete', 'absent') and r.started_at < \(before)
          and (k.before is null or r.started_at < k.before)
        order by r.started_at limit \(limit)
        """
    }

    /// Where anything of a recording lies.
    static func places(of id: RecordingID, tenant: TenantID) -> SQL {
        """
        select recording_store_id from recording_segments where tenant_id = \(tenant) and recording_id = \(id)
        union select recording_store_id from recordings where tenant_id = \(tenant) and recording_id = \(id)
        """
    }

    static func removeSegments(of id: RecordingID, tenant: TenantID) -> SQL {
        "delete from recording_segments where tenant_id = \(tenant) and recording_id = \(id)"
    }

    /// Without its key, a copy of it that was made somewhere is unreadable too.
    static func expire(_ id: RecordingID, tenant: TenantID) -> SQL {
        """
        update recordings set state = 'expired', tenant_key_id = null, wrapped_key = null, progress = null, bytes = 0,
          recording_store_id = null
        where tenant_id = \(tenant) and recording_id = \(id) and state in ('complete', 'incomplete', 'absent')
        """
    }

    /// The worker has said that it recorded nothing.
    static func markAbsent(of session: SessionID, at now: Date, tenant: TenantID) -> SQL {
        """
        update recordings set state = 'absent', sealed_at = \(now)
        where tenant_id = \(tenant) and session_id = \(session) and state = 'open' and progress is null
        """
    }

    /// What should have been sealed: all of it is there, or its session is over since `lost` and nothing more came.
    static func unsealed(uploadedBefore: Date, lostBefore: Date, limit: Int) -> SQL {
        """
        select r.tenant_id, r.recording_id from recordings r
        join sessions s on s.tenant_id = r.tenant_id and s.session_id = r.session_id
        where (r.state = 'uploaded' and r.uploaded_at < \(uploadedBefore))
          or (r.state = 'open' and s.state = 'ended' and s.ended_at < \(lostBefore))
        order by r.started_at limit \(limit)
        """
    }
}

/// A segment that has been checked and is to be stored.
struct NewSegment {
    let first: Int
    let bytes: [UInt8]
    let hash: Hash256
    let objectKey: String
    /// The chain after it.
    let state: ChainState
}

/// Where a recording lies in the object store.
enum RecordingPlace {
    /// `tenants/<tenant>/recordings/<year>/<month>/<recording>/`
    static func prefix(of recording: RecordingID, tenant: TenantID, at started: Date) -> String {
        let day = Timestamp.text(started)
        let month = "\(day.prefix(4))/\(day.dropFirst(5).prefix(2))"
        return "\(TenantObjectStore.root(of: tenant))recordings/\(month)/\(recording.text)/"
    }

    static func segment(_ prefix: String, first: Int) -> String { "\(prefix)\(first).ghr" }
    static func receipt(_ prefix: String) -> String { "\(prefix)receipt.json" }
}
