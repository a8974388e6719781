import Cryptography
import Foundation
import GatewayContract
import Kernel
import ObjectStore
import Postgres
import Recording
import Sessions
import Synchronization
import Tenancy
import TestSupport

@testable import HTTPAPI

/// A tenant with a person, a server, a grant and a worker, on a database of its own.
struct Fixture {
    static let now = Date(timeIntervalSince1970: 1_795_000_000)

    let test: TestDatabase
    let folder = TemporaryFolder()
    let keys: TenantKeys
    let objects: FileObjectStore
    let told = Told()
    let sessions: Sessions
    let recordings: Recordings
    let scope: TenantScope
    let user: UserID
    let asset: AssetID
    let grant: GrantID
    let worker: WorkerID

    var database: Database { test.database }

    init(grantEndsAt: Date? = nil) async throws {
        test = try await TestDatabase()
        keys = TenantKeys(database: test.database, master: .ephemeral())
        objects = try FileObjectStore(root: folder.file("objects"))
        sessions = Sessions(database: test.database, keys: keys, objects: objects, line: told.line)
        recordings = Recordings(database: test.database, keys: keys, stores: RecordingStores(only: objects))
        let tenancy = Tenancy(database: test.database, keys: keys, administrators: NoAdministrators())
        let request = CreateTenantRequest(
            slug: TenantSlug("acme")!, name: try TenantName(parsing: "Acme"),
            administrator: NewAdministrator(login: "root", name: "Root"))
        let created = try await tenancy.create(request, audit: .discarding, at: Self.now, in: ProviderScope())
        scope = created.tenant.scope
        user = try await test.makeUser(in: scope)
        asset = try await test.makeAsset(in: scope)
        grant = try await test.makeGrant(endsAt: grantEndsAt, startsAt: Self.now - 60, in: scope)
        worker = try await test.makeWorker(at: Self.now)
    }

    /// A granted session, and the key of its recording.
    func makeSession(
        on worker: WorkerID? = nil, at now: Date = Fixture.now, grantEndsAt: Date? = nil, account: String = "root"
    ) async throws -> MadeSession {
        let key = RecordingKey()
        let recording = RecordingID.new()
        let tenantKey = try await keys.current(in: scope)
        let wrapped = try key.wrapped(by: tenantKey, recording: recording)
        let new = NewSession(
            id: .new(), user: NamedUser(id: user, name: "Ada"), asset: NamedAsset(id: asset, name: "web-1"),
            account: .new(), accountName: account, protocol: .ssh, channel: .shell, command: nil, grant: grant,
            worker: worker ?? self.worker, clientAddress: "192.0.2.1", entrance: .ssh, createdAt: now,
            grantEndsAt: grantEndsAt,
            recording: .init(id: recording, tenantKey: tenantKey.id, wrappedKey: wrapped), traceID: "trace")
        try await database.transaction(in: scope) { transaction in
            try await sessions.create(new, tenant: scope.tenant, in: transaction)
        }
        let header = RecordingHeader(
            recording: recording, session: new.id, tenant: scope.tenant, worker: new.worker, kind: .terminal,
            started: RecordingInstant(now), key: tenantKey.id, wrapped: wrapped,
            screen: .init(term: "xterm-256color", columns: 80, rows: 24))
        return MadeSession(id: new.id, header: header, key: key)
    }

    func report(
        _ session: SessionID, _ sequence: Int, _ seconds: Int = 0, state: ReportedState = .live
    ) -> SessionReport {
        SessionReport(session: session, sequence: sequence, state: state, counters: Self.counters(seconds))
    }

    static func counters(_ seconds: Int) -> Counters {
        Counters(
            seconds: seconds, bytesIn: seconds * 2, bytesOut: seconds * 3, recordedBytes: seconds * 4,
            commands: seconds / 10)
    }

    func end(_ seconds: Int, _ reason: EndReason = .exited, chain: Bytes? = nil) -> SessionEnd {
        SessionEnd(
            sequence: 1_000_000, reason: reason, text: nil, exitStatus: 0, counters: Self.counters(seconds),
            chain: chain)
    }

    /// The answer about one session.
    func renew(
        _ report: SessionReport, on worker: WorkerID? = nil, at now: Date = Fixture.now + 10
    ) async throws -> SessionLease? {
        try await sessions.renew([report], of: worker ?? self.worker, at: now).sessions.first
    }

    func find(_ session: SessionID) async throws -> SessionView { try await sessions.find(session, in: scope) }

    /// What was billed of a meter.
    func billed(_ meter: String) async throws -> Int {
        try await database.first(
            "select coalesce(sum(quantity), 0)::bigint from usage_events where tenant_id = \(scope.tenant) and meter = \(meter)",
            in: scope, { try $0.next(Int.self) }) ?? 0
    }

    func events() async throws -> [String] {
        try await database.query(
            "select type from events where tenant_id = \(scope.tenant) and type like 'session.%' order by sequence",
            in: scope, { try $0.next(String.self) })
    }

    func trail(_ action: String) async throws -> Int {
        try await database.first(
            "select count(*) from audit_events where tenant_id = \(scope.tenant) and action = \(action)", in: scope,
            { try $0.next(Int.self) }) ?? 0
    }
}

struct MadeSession {
    let id: SessionID
    let header: RecordingHeader
    let key: RecordingKey

    var recording: RecordingID { header.recording }

    /// The container of a short session, cut into parts of one or more frames: number of the first frame, and bytes.
    func segments(in folder: TemporaryFolder, finished: Bool = true) async throws -> [(first: Int, bytes: [UInt8])] {
        var options = RecordingOptions()
        options.sealBytes = 20
        options.sealPace = .zero
        let engine = RecordingEngine(sealers: 1, syncers: 1)
        let spool = folder.file("spool-\(UInt32.random(in: .min ... .max))")
        try FileManager.default.createDirectory(atPath: spool, withIntermediateDirectories: true)
        let writer = try RecordingWriter(header: header, key: key, spool: spool, options: options, engine: engine)
        let start = header.started.date
        for (index, text) in ["$ ", "whoami\r\n", "deploy of the whole\r\n", "\u{1b}[31mred\u{1b}[0m end\r\n"]
            .enumerated()
        {
            try writer.append(.output, Array(text.utf8), at: start + Double(index))
            try writer.append(.input, Array("k\(index)".utf8), at: start + Double(index) + 0.5)
        }
        try writer.finish(reason: "exited", exit: 0, at: start + 5)
        await writer.closed()
        let bytes = try RecordingSegment.plan(writer.folder, from: 1).flatMap { try $0.read() }
        let borders = Self.borders(of: bytes)
        var parts: [(first: Int, bytes: [UInt8])] = []
        for frame in 1..<borders.count - 1 {
            let begin = frame == 1 ? 0 : borders[frame]
            parts.append((frame, Array(bytes[begin..<borders[frame + 1]])))
        }
        return finished ? parts : Array(parts.dropLast())
    }

    /// Where the header, each frame and the end are.
    private static func borders(of container: [UInt8]) -> [Int] {
        func number(_ offset: Int) -> Int { container[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) } }
        var borders = [0, 9 + number(5)]
        while let last = borders.last, last < container.count { borders.append(last + 37 + number(last + 33) + 32) }
        return borders
    }
}

/// What workers were told.
final class Told: Sendable {
    private let notices = Mutex<[WorkerLine.Notice]>([])

    var all: [WorkerLine.Notice] { notices.withLock { $0 } }
    var line: WorkerLine { WorkerLine { notices, _ in self.notices.withLock { $0 += notices } } }
}

struct NoAdministrators: FirstAdministrators {
    func invite(
        _ administrator: NewAdministrator, to tenant: Tenant, isNew: Bool, at now: Date, in tx: Transaction
    ) async throws -> String? { nil }
}

extension Download {
    /// All of it.
    func collected() async throws -> [UInt8] {
        var bytes: [UInt8] = []
        try await send { bytes += $0 }
        return bytes
    }
}
