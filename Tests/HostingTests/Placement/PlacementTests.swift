import FoundationEssentials
import GatewayContract
import HTTPAPI
import Kernel
import Postgres
import Sessions
import Synchronization
import Testing

@testable import Hosting

@Suite struct PlacementTests {
    func address(
        _ fixture: Fixture, asset: AssetID? = nil, from client: String = "192.0.2.1", at now: Date = Fixture.now
    ) async throws -> Int? {
        let visitor = GatewayVisitor(clientAddress: client, asset: asset, seed: "ada")
        return try await Gateways(database: fixture.database, map: fixture.world).ssh(
            for: visitor, at: now, in: fixture.scope
        ).sshPort
    }

    func pin(_ fixture: Fixture, _ pinning: TenantPinning?) async throws {
        _ = try await fixture.hosting.pin(
            fixture.scope.tenant, to: pinning, at: Fixture.now, in: ProviderScope(), audit: .discarding)
    }

    @Test func `a token says where its worker stands`() async throws {
        let fixture = try await Fixture()
        let labels = [WorkerLabel(key: "tier", value: "gold")]
        let worker = try await fixture.enrol(place: WorkerPlace(pool: "acme", region: "eu", labels: labels))
        let shown = try await fixture.hosting.worker(worker.id, at: Fixture.now, in: ProviderScope())
        #expect(shown.pool == "acme")
        #expect(shown.region == "eu")
        #expect(shown.labels == labels)
        let moved = try await fixture.hosting.place(
            worker.id, at: WorkerPlace(pool: "default"), now: Fixture.now, in: ProviderScope(), audit: .discarding)
        #expect(moved.pool == "default")
        #expect(moved.region == "")
        #expect(moved.labels == [])
        await #expect(throws: HostingError.notFound) {
            try await fixture.hosting.place(
                .new(), at: WorkerPlace(pool: "x"), now: Fixture.now, in: ProviderScope(), audit: .discarding)
        }
    }

    @Test func `a tenant is led to its own workers, and others are not`() async throws {
        let fixture = try await Fixture()
        _ = try await fixture.enrol("shared", port: 2001)
        _ = try await fixture.enrol("own", place: WorkerPlace(pool: "acme"), port: 2002)
        #expect(try await address(fixture) == 2001)
        try await pin(fixture, TenantPinning(pools: ["acme"]))
        #expect(try await address(fixture) == 2002)
        #expect(
            try await fixture.hosting.pinning(of: fixture.scope.tenant, in: ProviderScope())
                == TenantPinning(pools: ["acme"]))
        try await pin(fixture, TenantPinning(pools: ["acme"], labels: [WorkerLabel(key: "tier", value: "gold")]))
        #expect(try await address(fixture) == nil)
        try await pin(fixture, nil)
        #expect(try await address(fixture) == 2001)
        #expect(try await fixture.hosting.pinning(of: fixture.scope.tenant, in: ProviderScope()) == .shared)
        await #expect(throws: HostingError.notFound) {
            try await fixture.hosting.pin(
                .new(), to: .shared, at: Fixture.now, in: ProviderScope(), audit: .discarding)
        }
    }

    @Test func `a worker that a tenant is not bound to lets nobody in, and says where to go`() async throws {
        let fixture = try await Fixture()
        let shared = try await fixture.enrol("shared", port: 2001)
        let own = try await fixture.enrol("own", place: WorkerPlace(pool: "acme"), port: 2002)
        let admitted = try await fixture.admit(shared)
        let ticket = TicketID.new()
        fixture.world.standings.withLock { $0 = ["\(ticket) \(fixture.user.id)": .waiting] }
        func requests() async throws -> RequestList {
            try await fixture.hosting.requests(
                RequestListQuestion(admission: admitted.admission, view: .mine), from: shared.id, at: Fixture.now)
        }
        func review() async throws -> ReviewAnswer {
            try await fixture.hosting.review(
                ReviewRequest(admission: admitted.admission, ticket: ticket, isGone: true), from: shared.id,
                at: Fixture.now)
        }
        #expect(try await requests().items.isEmpty)
        try await pin(fixture, TenantPinning(pools: ["acme"]))
        // Who came in before gets no list and no session any more, and neither asks nor answers.
        await #expect(throws: HostingError.notAdmitted) { try await requests() }
        await #expect(throws: HostingError.notAdmitted) { try await review() }
        #expect(fixture.world.standings.withLock { Array($0.values) } == [.waiting])
        await #expect(throws: HostingError.notAdmitted) {
            try await fixture.hosting.targets(
                TargetsRequest(admission: admitted.admission, page: 0), from: shared.id, at: Fixture.now)
        }
        let answer = try await fixture.hosting.open(
            fixture.ask(admitted.admission), from: shared.id, at: Fixture.now, traceID: "t")
        guard case .refused(let refusal) = answer else { throw Unexpected() }
        #expect(refusal.reasons.map(\.code) == ["another-gateway"])
        #expect(refusal.text.contains("Connect to 127.0.0.1 port 2002."))
        // Who comes now is told once it is clear who they are, and not before.
        let key = AdmissionProof.publicKey(PublicKeyProof(algorithm: "ssh-ed25519", publicKey: Bytes([7, 7, 7])))
        let known = try await fixture.hosting.admit(
            fixture.request(shared.id, key), from: shared.id, at: Fixture.now)
        #expect(
            known
                == .refused(
                    AdmissionRefused(text: "This gateway does not serve you. Connect to 127.0.0.1 port 2002.")))
        let stranger = AdmissionProof.publicKey(PublicKeyProof(algorithm: "ssh-ed25519", publicKey: Bytes([8])))
        guard
            case .refused(let unknown) = try await fixture.hosting.admit(
                fixture.request(shared.id, stranger), from: shared.id, at: Fixture.now)
        else { throw Unexpected() }
        #expect(!unknown.text.contains("2002"))
        _ = try await fixture.open(own)
        #expect(fixture.world.wishes.withLock { $0.count } == 1)
    }

    @Test func `a worker that is drained opens nothing new, names another one, and keeps what runs`() async throws {
        let fixture = try await Fixture()
        let worker = try await fixture.enrol("one", port: 2001)
        let grant = try await fixture.open(worker)
        let admitted = try await fixture.admit(worker)
        _ = try await fixture.enrol("two", port: 2002)
        _ = try await fixture.hosting.order(.drain, worker.id, at: Fixture.now, audit: .discarding)
        #expect(try await address(fixture) == 2002)
        let answer = try await fixture.hosting.open(
            fixture.ask(admitted.admission), from: worker.id, at: Fixture.now, traceID: "t")
        guard case .refused(let refusal) = answer else { throw Unexpected() }
        #expect(refusal.text == "This gateway takes no new sessions right now. Connect to 127.0.0.1 port 2002.")
        let report = SessionReport(session: grant.session, sequence: 1, state: .live, counters: .zero)
        let lease = try await fixture.hosting.renew(
            LeaseRequest(sessions: [report]), of: worker.id, at: Fixture.now + 10)
        #expect(lease.sessions.map(\.state) == [.ok])
    }

    @Test func `the first rule that fits names the gateway, the tenant's before the provider's`() async throws {
        let fixture = try await Fixture()
        _ = try await fixture.enrol("east", place: WorkerPlace(pool: "default", region: "east"), port: 2001)
        _ = try await fixture.enrol("west", place: WorkerPlace(pool: "default", region: "west"), port: 2002)
        let branch = try EndpointRule(
            name: "Branch", clientNetworks: ["198.51.100.0/24"].compactMap(NetworkRange.init), region: "west")
        let rest = try EndpointRule(name: "Rest", region: "east")
        _ = try await fixture.hosting.set(
            ProviderEndpointRules(rules: [branch, rest]), at: Fixture.now, in: ProviderScope(), audit: .discarding)
        #expect(try await address(fixture) == 2001)
        #expect(try await address(fixture, from: "198.51.100.9") == 2002)
        let lab = try EndpointRule(
            name: "Lab", assetNetworks: ["10.7.0.0/16"].compactMap(NetworkRange.init), region: "west")
        _ = try await fixture.hosting.set(
            EndpointRules(rules: [lab]), at: Fixture.now, in: fixture.scope, audit: .discarding)
        fixture.world.whereabouts.withLock { $0 = AssetWhereabouts(address: "10.7.1.1", nodes: [], labels: []) }
        #expect(try await address(fixture, asset: fixture.asset) == 2002)
        #expect(try await address(fixture) == 2001)
        #expect(try await fixture.hosting.endpointRules(in: fixture.scope).rules == [lab])
        #expect(try await fixture.hosting.endpointRules(in: ProviderScope()).rules == [branch, rest])
    }

    @Test func `a worker that falls silent is noted once within a minute, and once when it is back`() async throws {
        let fixture = try await Fixture()
        let worker = try await fixture.enrol()
        let idle = try await fixture.enrol("removed")
        _ = try await fixture.hosting.order(.remove, idle.id, at: Fixture.now, audit: .discarding)
        #expect(try await fixture.hosting.watch(at: Fixture.now + 30) == [])
        // Looked at every ten seconds: the first look after half a minute sees it.
        let news = try await fixture.hosting.watch(at: Fixture.now + 40)
        #expect(news.map(\.worker) == [worker.id])
        #expect(news.map(\.isMissing) == [true])
        #expect(try await fixture.hosting.watch(at: Fixture.now + 50) == [])
        let shown = try await fixture.hosting.worker(worker.id, at: Fixture.now + 50, in: ProviderScope())
        #expect(shown.unhealthySince == Fixture.now + 40)
        #expect(!shown.isConnected)
        let report = HealthReport(
            sessions: 3, load: 40, processors: 4, spoolBytes: 9, version: "1.2.3", program: "gatehouse-worker")
        _ = try await fixture.hosting.health(report, of: worker.id, at: Fixture.now + 55)
        #expect(try await fixture.hosting.watch(at: Fixture.now + 60).map(\.isMissing) == [false])
        let back = try await fixture.hosting.worker(worker.id, at: Fixture.now + 60, in: ProviderScope())
        #expect(back.unhealthySince == nil)
        #expect(back.version == "1.2.3")
        #expect(back.processors == 4)
        let trail = try await fixture.database.query(
            "select action from provider_audit_events where action like 'worker.%' order by at, action",
            in: ProviderScope(), { try $0.next(String.self) })
        #expect(trail == ["worker.unhealthy", "worker.recovered"])
    }
}
