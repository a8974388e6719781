import Cryptography
import FoundationEssentials
import GatewayContract
import Jobs
import Kernel
import ObjectStore
import Postgres
import Recording

/// Takes the next frames of a recording: checks the chain, keeps the bytes, and answers how far it is stored.
///
/// The place of a segment is first taken by the hash of its bytes, so that two senders with different bytes cannot
/// write over each other; a sender that died on the way loses it after a minute, because the next one may cut the frames
/// elsewhere. A repeat changes nothing. What comes after a recording was given up as incomplete is still welcome.
struct StoreSegment {
    /// Larger than a worker makes them, see RecordingSegment.
    static let largest = 8 << 20
    private static let claimLasts: TimeInterval = 60

    let database: Database
    let stores: RecordingStores

    func callAsFunction(
        _ bytes: [UInt8], first: Int, of recording: RecordingID, from worker: WorkerID, at now: Date
    ) async throws -> SegmentStored {
        let scope = try await SessionHome(database: database).scope(of: recording, on: worker)
        let hash = Hash256.of(bytes)
        let place = try await stores.current(scope)
        let claimed = try await database.transaction(in: scope) { transaction in
            try await claim(
                bytes, hash, first: first, of: recording, in: place.id, tenant: scope.tenant, at: now, transaction)
        }
        guard case .store(let segment) = claimed else { return claimed.answer }
        do {
            try await place.store.put(ObjectKey(segment.objectKey), bytes)
        } catch let error as ObjectStoreError {
            // The worker keeps what it has, and comes again.
            throw SegmentError.storeAway(error.description)
        }
        try await database.transaction(in: scope) { transaction in
            guard
                let row = try await transaction.first(
                    RecordingStore.lock(recording, tenant: scope.tenant), { try RecordingRow(&$0) }),
                row.nextSequence == first
            else { return }
            let marked = try await transaction.execute(
                RecordingStore.markStored(segment, of: recording, in: place.id, at: now, tenant: scope.tenant))
            guard marked == 1 else { throw SegmentError.busy }
            try await transaction.execute(
                RecordingStore.advance(recording, to: segment, at: now, tenant: scope.tenant))
            if segment.state.isComplete {
                try await SealRecording.enqueue(recording, in: scope, database: database, at: now, transaction)
            }
        }
        return claimed.answer
    }

    private enum Claim {
        case store(NewSegment)
        case stored(ChainState)

        var answer: SegmentStored {
            let state =
                switch self {
                case .store(let segment): segment.state
                case .stored(let state): state
                }
            return SegmentStored(nextSequence: Int(state.nextSequence), chain: Bytes(state.chain.bytes))
        }
    }

    private func claim(
        _ bytes: [UInt8], _ hash: Hash256, first: Int, of recording: RecordingID, in store: RecordingStoreID?,
        tenant: TenantID, at now: Date, _ transaction: Transaction
    ) async throws -> Claim {
        guard
            let row = try await transaction.first(
                RecordingStore.lock(recording, tenant: tenant), { try RecordingRow(&$0) })
        else { throw SessionError.notFound }
        let taken = try await transaction.first(RecordingStore.segment(first, of: recording, tenant: tenant)) { row in
            (hash: try row.next([UInt8].self), claimedAt: try row.next(Date.self), isStored: try row.next(Bool.self))
        }
        let isTheSame = taken?.hash == hash.bytes
        if let taken, taken.isStored, let progress = row.progress {
            guard isTheSame else { throw SegmentError.otherBytes(expected: row.nextSequence) }
            return .stored(progress)
        }
        if let taken, !isTheSame, now < taken.claimedAt + Self.claimLasts { throw SegmentError.busy }
        guard row.progress?.isComplete != true else { throw SegmentError.complete }
        let segment = try row.accept(bytes, hash, first: first)
        try await transaction.execute(
            RecordingStore.claim(segment, of: recording, in: store, at: now, tenant: tenant))
        return .store(segment)
    }
}

extension RecordingRow {
    /// The segment, if it continues this recording.
    fileprivate func accept(_ bytes: [UInt8], _ hash: Hash256, first: Int) throws(SegmentError) -> NewSegment {
        guard first == nextSequence else { throw .outOfPlace(expected: nextSequence) }
        let accepted: SegmentVerifier.Accepted
        do throws(ContainerFault) {
            accepted = try SegmentVerifier.accept(bytes, after: progress)
        } catch {
            throw .damaged(error.description, expected: nextSequence)
        }
        guard Int(accepted.first) == first else { throw .outOfPlace(expected: nextSequence) }
        if progress == nil {
            guard let header = accepted.header, header.recording == id, header.session == session,
                header.worker == worker, header.key == tenantKey, header.wrapped == wrappedKey
            else { throw .otherRecording }
        }
        return NewSegment(
            first: first, bytes: bytes, hash: hash, objectKey: RecordingPlace.segment(prefix, first: first),
            state: accepted.state)
    }
}
