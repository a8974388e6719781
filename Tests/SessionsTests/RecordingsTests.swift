import Cryptography
import FoundationEssentials
import GatewayContract
import HTTPAPI
import Kernel
import ObjectStore
import Postgres
import Recording
import Tenancy
import TestSupport
import Testing

@testable import Sessions

@Suite struct RecordingsTests {
    func upload(
        _ parts: [(first: Int, bytes: [UInt8])], of session: MadeSession, _ fixture: Fixture
    ) async throws -> SegmentStored? {
        var stored: SegmentStored?
        for part in parts {
            stored = try await fixture.recordings.store(
                part.bytes, first: part.first, of: session.recording, from: fixture.worker, at: Fixture.now + 60)
        }
        return stored
    }

    func receipt(_ session: MadeSession, _ fixture: Fixture) async throws -> SignedReceipt {
        let json = try await fixture.database.first(
            "select receipt from recordings where recording_id = \(session.recording)", in: fixture.scope,
            { try $0.next(JSON.self) })
        return try #require(json.flatMap { SignedReceipt(json: $0) })
    }

    func verify(_ receipt: SignedReceipt, _ fixture: Fixture) async throws -> Bool {
        let keys = try await fixture.keys.evidenceKeys(in: fixture.scope)
        let key = try #require(keys.first { $0.id == receipt.receipt.key })
        return receipt.isValid(by: key.publicKey)
    }

    @Test func `a recording that arrives whole is sealed by a receipt that verifies`() async throws {
        let fixture = try await Fixture()
        let session = try await fixture.makeSession()
        let parts = try await session.segments(in: fixture.folder)
        let stored = try await upload(parts, of: session, fixture)
        #expect(stored?.nextSequence == parts.count + 1)
        #expect(try await fixture.find(session.id).recording.state == .uploaded)
        try await fixture.recordings.seal(session.recording, in: fixture.scope, at: Fixture.now + 70)
        let receipt = try await receipt(session, fixture)
        #expect(try await verify(receipt, fixture))
        #expect(receipt.receipt.complete)
        #expect(receipt.receipt.session == session.id)
        #expect(receipt.receipt.user == fixture.user)
        #expect(receipt.receipt.reason == "exited")
        #expect(receipt.receipt.chain.bytes == stored?.chain.value)
        let view = try await fixture.find(session.id)
        #expect(view.recording.state == .complete)
        #expect(view.recording.bytes == parts.map(\.bytes.count).reduce(0, +))
        #expect(try await fixture.trail("recording.sealed") == 1)
        // Once more changes nothing.
        try await fixture.recordings.seal(session.recording, in: fixture.scope, at: Fixture.now + 99)
        #expect(try await self.receipt(session, fixture) == receipt)
    }

    @Test func `repeats change nothing`() async throws {
        let fixture = try await Fixture()
        let session = try await fixture.makeSession()
        let parts = try await session.segments(in: fixture.folder)
        let once = try await upload(Array(parts.prefix(2)), of: session, fixture)
        #expect(try await upload([parts[0]], of: session, fixture) == once)
        #expect(try await upload([parts[1], parts[1]], of: session, fixture) == once)
        let bytes = try await fixture.find(session.id).recording.bytes
        #expect(bytes == parts[0].bytes.count + parts[1].bytes.count)
    }

    @Test func `a gap is refused with the sequence that is expected`() async throws {
        let fixture = try await Fixture()
        let session = try await fixture.makeSession()
        let parts = try await session.segments(in: fixture.folder)
        _ = try await upload([parts[0]], of: session, fixture)
        await #expect(throws: SegmentError.outOfPlace(expected: 2)) {
            try await upload([parts[2]], of: session, fixture)
        }
        #expect(SegmentError.outOfPlace(expected: 2).problem.reasons == [.init("expected-sequence", "2")])
        // The number in the path must be that of the frames.
        await #expect(throws: (any Error).self) {
            try await upload([(first: 2, bytes: parts[2].bytes)], of: session, fixture)
        }
    }

    @Test func `a changed byte or another recording's frames do not continue the chain`() async throws {
        let fixture = try await Fixture()
        let session = try await fixture.makeSession()
        let parts = try await session.segments(in: fixture.folder)
        _ = try await upload([parts[0]], of: session, fixture)
        var changed = parts[1].bytes
        changed[50] ^= 1
        await #expect(throws: (any Error).self) { try await upload([(2, changed)], of: session, fixture) }
        let other = try await fixture.makeSession()
        let foreign = try await other.segments(in: fixture.folder)
        await #expect(throws: (any Error).self) { try await upload([foreign[1]], of: session, fixture) }
        await #expect(throws: (any Error).self) {
            try await upload([(2, Array(parts[1].bytes.dropLast()))], of: session, fixture)
        }
        #expect(try await upload([parts[1]], of: session, fixture)?.nextSequence == 3)
    }

    @Test func `a header of another recording is refused`() async throws {
        let fixture = try await Fixture()
        let session = try await fixture.makeSession()
        let other = try await fixture.makeSession()
        let foreign = try await other.segments(in: fixture.folder)
        await #expect(throws: SegmentError.otherRecording) { try await upload([foreign[0]], of: session, fixture) }
    }

    @Test func `other bytes in a place that is taken are refused, and do not reach the store`() async throws {
        let fixture = try await Fixture()
        let session = try await fixture.makeSession()
        let parts = try await session.segments(in: fixture.folder)
        let twin = try await session.segments(in: fixture.folder)
        _ = try await upload(Array(parts.prefix(1)), of: session, fixture)
        // Sealed anew, the same events are other bytes only if something differs; a merged segment does.
        let merged = (first: 1, bytes: parts[0].bytes + parts[1].bytes)
        await #expect(throws: SegmentError.otherBytes(expected: 2)) { try await upload([merged], of: session, fixture) }
        #expect(twin.count == parts.count)
        let keys = try await fixture.objects.list(prefix: "tenants/\(fixture.scope.tenant.text)/recordings/")
        #expect(keys.count == 1)
        #expect(try await fixture.objects.get(keys[0]) == parts[0].bytes)
    }

    @Test func `another worker uploads nothing into it, and gets no key of it`() async throws {
        let fixture = try await Fixture()
        let session = try await fixture.makeSession()
        let parts = try await session.segments(in: fixture.folder)
        let other = try await fixture.test.makeWorker("other", at: Fixture.now)
        await #expect(throws: SessionError.notFound) {
            try await fixture.recordings.store(
                parts[0].bytes, first: 1, of: session.recording, from: other, at: Fixture.now)
        }
        await #expect(throws: SessionError.notFound) {
            try await fixture.recordings.unfinished(session.recording, on: other)
        }
        await #expect(throws: SessionError.notFound) {
            try await fixture.recordings.unfinished(.new(), on: fixture.worker)
        }
        let unfinished = try await fixture.recordings.unfinished(session.recording, on: fixture.worker)
        #expect(unfinished.key.reveal() == session.key.reveal().reveal())
        #expect(unfinished.nextSequence == 1)
    }

    @Test func `what a dead worker left is sealed as incomplete, and completed if it does come back`() async throws {
        let fixture = try await Fixture()
        let session = try await fixture.makeSession()
        let parts = try await session.segments(in: fixture.folder)
        _ = try await upload(Array(parts.prefix(3)), of: session, fixture)
        try await fixture.sessions.end(
            where: .session(session.id), because: .workerLost, in: fixture.scope, at: Fixture.now + 100)
        #expect(try await fixture.recordings.reap(at: Fixture.now + 3600) == 0)
        #expect(try await fixture.recordings.reap(at: Fixture.now + 100 + ReapRecordings.patience + 1) == 1)
        let receipt = try await receipt(session, fixture)
        #expect(try await verify(receipt, fixture))
        #expect(!receipt.receipt.complete)
        #expect(receipt.receipt.reason == "worker-lost")
        #expect(try await fixture.find(session.id).recording.state == .incomplete)
        _ = try await upload(Array(parts.dropFirst(3)), of: session, fixture)
        try await fixture.recordings.seal(session.recording, in: fixture.scope, at: Fixture.now + 90_000)
        let whole = try await self.receipt(session, fixture)
        #expect(try await verify(whole, fixture))
        #expect(whole.receipt.complete)
        #expect(try await fixture.find(session.id).recording.state == .complete)
        let more = (first: parts.count + 1, bytes: parts[1].bytes)
        await #expect(throws: SegmentError.complete) { try await upload([more], of: session, fixture) }
    }

    @Test func `a sender that died on the way loses its place after a minute`() async throws {
        let fixture = try await Fixture()
        let session = try await fixture.makeSession()
        let parts = try await session.segments(in: fixture.folder)
        _ = try await upload([parts[0]], of: session, fixture)
        // It took the place for two frames, and died before they were in the store.
        let lost = Array(repeating: UInt8(7), count: 32)
        try await fixture.database.execute(
            """
            insert into recording_segments (
              tenant_id, recording_id, first_sequence, last_sequence, bytes, sha256, chain, object_key, claimed_at)
            values (\(fixture.scope.tenant), \(session.recording), 2, 3, 9, \(lost), \(lost), 'x', \(Fixture.now + 30))
            """, in: fixture.scope)
        await #expect(throws: SegmentError.busy) { try await upload([parts[1]], of: session, fixture) }
        let stored = try await fixture.recordings.store(
            parts[1].bytes, first: 2, of: session.recording, from: fixture.worker, at: Fixture.now + 91)
        #expect(stored.nextSequence == 3)
    }

    @Test func `a session without a recording has none`() async throws {
        let fixture = try await Fixture()
        let session = try await fixture.makeSession()
        try await fixture.sessions.close(
            session.id, with: fixture.end(0, .connectFailed), from: fixture.worker, at: Fixture.now + 5)
        #expect(try await fixture.find(session.id).recording.state == .absent)
        #expect(try await fixture.recordings.reap(at: Fixture.now + 10 * ReapRecordings.patience) == 0)
    }

    @Test func `an object that was changed in the store is not sealed`() async throws {
        let fixture = try await Fixture()
        let session = try await fixture.makeSession()
        _ = try await upload(try await session.segments(in: fixture.folder), of: session, fixture)
        let keys = try await fixture.objects.list(prefix: "tenants/\(fixture.scope.tenant.text)/recordings/")
        var bytes = try await fixture.objects.get(keys[1])
        bytes[bytes.count / 2] ^= 1
        try await fixture.objects.put(keys[1], bytes)
        await #expect(throws: StoredSegments.Failure.self) {
            try await fixture.recordings.seal(session.recording, in: fixture.scope, at: Fixture.now + 70)
        }
        #expect(try await fixture.find(session.id).recording.state == .uploaded)
    }

    @Test func `an organization that keeps its recordings longer keeps them, and only them`() async throws {
        let fixture = try await Fixture()
        let (scope, europe) = (fixture.scope, OrganizationID.new())
        let (kept, gone) = (try await fixture.makeSession(), try await fixture.makeSession())
        for session in [kept, gone] {
            _ = try await upload(try await session.segments(in: fixture.folder), of: session, fixture)
            try await fixture.recordings.seal(session.recording, in: scope, at: Fixture.now + 70)
        }
        let statements: [SQL] = [
            """
            insert into organizations (tenant_id, org_id, parent_id, name)
            values (\(scope.tenant), \(europe), \(scope.tenant), 'Europe')
            """,
            "update sessions set org_id = \(europe) where tenant_id = \(scope.tenant) and session_id = \(kept.id)",
        ]
        for statement in statements { try await fixture.database.execute(statement, in: scope) }
        func expire(keeping: [OrganizationID: Date]) async throws -> Int {
            try await fixture.recordings.expire(
                before: Fixture.now + 3600, keeping: keeping, at: Fixture.now + 200_000, in: scope)
        }
        #expect(try await expire(keeping: [europe: Fixture.now - 3600]) == 1)
        #expect(try await fixture.find(gone.id).recording.state == .expired)
        #expect(try await fixture.find(kept.id).recording.state == .complete)
        #expect(try await expire(keeping: [europe: Fixture.now + 1]) == 1)
        #expect(try await fixture.find(kept.id).recording.state == .expired)
    }

    @Test func `a recording whose time is up is gone from the store, and its session stays`() async throws {
        let fixture = try await Fixture()
        let old = try await fixture.makeSession()
        let young = try await fixture.makeSession(at: Fixture.now + 86_400)
        let open = try await fixture.makeSession()
        for session in [old, young] {
            _ = try await upload(try await session.segments(in: fixture.folder), of: session, fixture)
            try await fixture.recordings.seal(session.recording, in: fixture.scope, at: Fixture.now + 70)
        }
        func stored() async throws -> Int { try await fixture.objects.list(prefix: "").count }
        let before = try await stored()
        #expect(before % 2 == 0)
        let now = Fixture.now + 200_000
        func expire() async throws -> Int {
            try await fixture.recordings.expire(before: Fixture.now + 3600, at: now, in: fixture.scope)
        }
        #expect(try await expire() == 1)
        #expect(try await expire() == 0)
        #expect(try await stored() == before / 2)
        let view = try await fixture.find(old.id)
        #expect(view.recording.state == .expired && view.recording.bytes == 0)
        await #expect(throws: RecordingAbsent.self) {
            try await fixture.recordings.events(of: old.id, in: fixture.scope, audit: .discarding)
        }
        let kept = try await fixture.database.query(
            "select wrapped_key is null from recordings order by started_at, state", in: fixture.scope
        ) { try $0.next(Bool.self) }
        #expect(kept.filter { $0 }.count == 1 && kept.count == 3)
        #expect(try await fixture.trail("recording.expired") == 1)
        // What is under way, or younger, is untouched.
        #expect(try await fixture.find(open.id).recording.state == .open)
        #expect(try await fixture.find(young.id).recording.state == .complete)
        _ = try await fixture.recordings.receipt(of: young.id, in: fixture.scope)
    }

    @Test(arguments: ["", "tenants/", "tenants/ten_06a0000000000000000000000t/recordings/", "x"])
    func `retention removes nothing but what is the tenant's own, whatever its row says`(prefix: String) async throws {
        let fixture = try await Fixture()
        let session = try await fixture.makeSession()
        _ = try await upload(try await session.segments(in: fixture.folder), of: session, fixture)
        try await fixture.recordings.seal(session.recording, in: fixture.scope, at: Fixture.now + 70)
        let foreign = try ObjectKey("tenants/ten_06a0000000000000000000000t/recordings/1.ghr")
        try await fixture.objects.put(foreign, [1])
        try await fixture.objects.put(ObjectKey("x"), [1])
        let before = try await fixture.objects.list(prefix: "")
        _ = try await fixture.test.superuser().execute("update recordings set object_prefix = \(prefix)")
        await #expect(throws: ObjectStoreError.badKey(prefix)) {
            try await fixture.recordings.expire(
                before: Fixture.now + 3600, at: Fixture.now + 200_000, in: fixture.scope)
        }
        #expect(try await fixture.objects.list(prefix: "") == before)
    }
}
