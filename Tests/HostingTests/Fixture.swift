import Cryptography
import FoundationEssentials
import GatewayContract
import HTTPAPI
import Kernel
import ObjectStore
import Postgres
import Sessions
import Synchronization
import Tenancy
import TestSupport

@testable import Hosting

/// A tenant with a person and a server, stand-ins for the features above, and workers with keys of their own.
struct Fixture {
    static let now = Date(timeIntervalSince1970: 1_795_000_000)

    let test: TestDatabase
    let folder = TemporaryFolder()
    let keys: InstallationKeys
    let tenantKeys: TenantKeys
    let sessions: Sessions
    let recordings: Recordings
    let terminals: TerminalTokens
    let hosting: Hosting
    let authenticator: WorkerAuthenticator
    let world: StandInWorld
    let scope: TenantScope
    let user: NamedUser
    let asset: AssetID
    let grant: GrantID

    var database: Database { test.database }

    init() async throws {
        test = try await TestDatabase()
        world = StandInWorld(test.database)
        let master = MasterKey.ephemeral()
        keys = try await InstallationKeys(loadingOrCreating: test.database, master: master)
        tenantKeys = TenantKeys(database: test.database, master: master)
        let objects = try FileObjectStore(root: folder.file("objects"))
        sessions = Sessions(database: test.database, keys: tenantKeys, objects: objects, line: WorkerMail().line)
        recordings = Recordings(database: test.database, keys: tenantKeys, stores: RecordingStores(only: objects))
        terminals = TerminalTokens(database: test.database) { _ in "ws://gateway" }
        let features = Hosting.Features(
            sessions: sessions, recordings: recordings, terminals: terminals,
            directory: TenantDirectory(database: test.database), tenantKeys: tenantKeys)
        let ports = HostingPorts(
            identity: world, waiting: world.waiting, menu: world, access: world, secrets: world, hostKeys: world,
            map: world, allowance: { [world] _ in world.allowance.withLock { $0 } })
        hosting = Hosting(
            database: test.database, keys: keys, features: features, ports: ports,
            settings: HostingSettings(portal: { "http://\($0).localhost" }))
        authenticator = WorkerAuthenticator(database: test.database, keys: keys, now: { Self.now })
        let tenancy = Tenancy(database: test.database, keys: tenantKeys, administrators: NoAdministrators())
        let request = CreateTenantRequest(
            slug: TenantSlug("acme")!, name: try TenantName(parsing: "Acme"),
            administrator: NewAdministrator(login: "root", name: "Root"))
        let created = try await tenancy.create(request, audit: .discarding, at: Self.now, in: ProviderScope())
        scope = created.tenant.scope
        user = NamedUser(id: try await test.makeUser(in: scope), name: "Ada")
        asset = try await test.makeAsset(in: scope)
        grant = try await test.makeGrant(startsAt: Self.now - 60, in: scope)
        world.people.withLock { $0["ada"] = user }
        world.target.withLock {
            $0 = .allowed(
                AllowedTarget(
                    asset: NamedAsset(id: asset, name: "web-1"), addresses: [AssetAddress(host: "127.0.0.1", port: 22)],
                    account: .new(), accountName: "root", actions: ["connect"], grant: grant, grantEndsAt: nil))
        }
    }

    /// A worker that has gone through enrolment.
    func enrol(
        _ name: String = "worker-1", place: WorkerPlace = WorkerPlace(pool: "default"), at now: Date = Fixture.now,
        port: Int = 2222
    ) async throws -> TestWorker {
        let enrolment = try await hosting.prepare(
            place, at: now, in: ProviderScope(), audit: .discarding)
        return try await enrol(name, with: enrolment.token, at: now, port: port)
    }

    func enrol(_ name: String, with token: PassedSecret, at now: Date, port: Int = 2222) async throws -> TestWorker {
        let signing = SigningKey()
        let sealing = SealingPrivateKey()
        let challenge = try await hosting.challenge(token, at: now)
        let request = try Self.request(name, token, challenge, signing, sealing, port: port)
        let enrolled = try await hosting.enrol(request, at: now, audit: .discarding)
        return TestWorker(id: enrolled.worker, serverKey: enrolled.serverKey, signing: signing, sealing: sealing)
    }

    static func request(
        _ name: String, _ token: PassedSecret, _ challenge: EnrolmentChallenge, _ signing: SigningKey,
        _ sealing: SealingPrivateKey, port: Int = 2222
    ) throws -> EnrolRequest {
        let text = ProofText.enrolment(
            token: token, challenge: challenge.challenge, signingKey: Bytes(signing.verifyingKey.bytes),
            sealingKey: Bytes(sealing.publicKey.bytes))
        return EnrolRequest(
            token: token, signingKey: Bytes(signing.verifyingKey.bytes), sealingKey: Bytes(sealing.publicKey.bytes),
            signature: Bytes(try signing.sign(text)), name: name, sshEndpoint: "127.0.0.1:\(port)",
            webEndpoint: "ws://127.0.0.1:\(port + 1)", version: "1")
    }

    func request(
        _ worker: WorkerID, _ proof: AdmissionProof, _ admission: AdmissionID? = nil, login: String = "ada",
        tenant: String = "acme", connection: String = "c1"
    ) -> AdmissionRequest {
        AdmissionRequest(
            tenant: tenant, login: login, protocol: .ssh, clientAddress: "192.0.2.1", connection: connection,
            proof: proof, admission: admission)
    }

    /// Somebody who came in with password and code.
    func admit(_ worker: TestWorker, at now: Date = Fixture.now) async throws -> Admitted {
        let asked = try await hosting.admit(request(worker.id, .none(NoProof())), from: worker.id, at: now)
        guard case .challenge(let challenge) = asked else { throw Unexpected() }
        let answers = AdmissionProof.answers(AnswersProof(answers: [PassedSecret("right"), PassedSecret("123456")]))
        let answer = try await hosting.admit(
            request(worker.id, answers, challenge.admission), from: worker.id, at: now)
        guard case .admitted(let admitted) = answer else { throw Unexpected() }
        return admitted
    }

    func ask(_ admission: AdmissionID, asset: String = "web-1", account: String? = "root") -> SessionRequest {
        SessionRequest(
            admission: admission, target: SessionTarget(account: account, asset: asset), protocol: .ssh,
            channel: .shell, clientAddress: "192.0.2.1")
    }

    /// A granted session, opened by its worker.
    func open(_ worker: TestWorker, at now: Date = Fixture.now) async throws -> SessionGrant {
        let admitted = try await admit(worker, at: now)
        let answer = try await hosting.open(ask(admitted.admission), from: worker.id, at: now, traceID: "trace")
        guard case .granted(let signed) = answer else { throw Unexpected() }
        return try signed.opened(by: worker.serverKey.value, for: worker.id, now: now)
    }
}

struct Unexpected: Error {}

/// A worker from the outside: its id and its keys.
struct TestWorker {
    let id: WorkerID
    let serverKey: Bytes
    let signing: SigningKey
    let sealing: SealingPrivateKey

    func assertion(at now: Date, id jti: String = "0123456789abcdef", by key: SigningKey? = nil) throws -> PassedSecret
    {
        try WorkerAssertion(worker: id, issuedAt: now, id: jti).signed { try (key ?? signing).sign($0) }
    }
}

/// Everything that lies above Hosting, as a test wants it.
final class StandInWorld: AdmissionIdentity, TargetMenu, SessionAccess, SecretSource, HostKeySource, AssetMap {
    let database: Database
    let people = Mutex<[String: NamedUser]>([:])
    let target = Mutex<AccessAnswer>(.refused(SessionRefused(text: "No", reasons: [])))
    let pinned = Mutex<[PinnedHostKey]>([PinnedHostKey(algorithm: "ssh-ed25519", key: Bytes([1, 2, 3]))])
    let secret = Mutex<[UInt8]?>(Array("s3cret".utf8))
    let seen = Mutex<[PinnedHostKey]>([])
    let wishes = Mutex<[AccessWish]>([])
    let signIns = Mutex(0)
    let allowance = Mutex(TenantAllowance.unlimited)
    let whereabouts = Mutex<AssetWhereabouts?>(nil)
    /// What a link has become, if people may sign in with a browser at all.
    let browser = Mutex<BrowserLinkOutcome?>(nil)
    let links = Mutex<[AdmissionID]>([])

    init(_ database: Database) { self.database = database }

    func signIn(
        login: String, password: PassedSecret, code: PassedSecret, in admission: AdmissionID, clientAddress: String,
        at now: Date, in scope: TenantScope, keeping keep: AdmissionKeeping
    ) async throws -> GatewaySignIn {
        signIns.withLock { $0 += 1 }
        if password.reveal() == "mailed", let user = people.withLock({ $0[login] }) { return .codeSent(user.id) }
        if password.reveal() == "asked" { return .asked("Token?", codeNeeded: code.reveal() != "") }
        guard password.reveal() == "right", code.reveal() == "123456", let user = people.withLock({ $0[login] }) else {
            return .refused
        }
        return try await enter(user, admission.text, at: now, in: scope, keeping: keep)
    }

    func answer(
        _ answer: PassedSecret, code: PassedSecret?, in admission: AdmissionID, clientAddress: String, at now: Date,
        in scope: TenantScope, keeping keep: AdmissionKeeping
    ) async throws -> GatewaySignIn {
        switch (answer.reveal(), code?.reveal()) {
        case ("again", _): return .asked("", codeNeeded: false)
        case ("sesame", nil), ("sesame", "123456"):
            guard let user = people.withLock({ $0["ada"] }) else { return .refused }
            return try await become(.admitted(user), in: scope, keeping: keep)
        default: return .refused
        }
    }

    func offersBrowser(in scope: TenantScope) async throws -> Bool { browser.withLock { $0 } != nil }

    func openLink(
        _ admission: AdmissionID, login: String, clientAddress: String, at now: Date, in scope: TenantScope
    ) async throws -> BrowserLink? {
        links.withLock { $0.append(admission) }
        return BrowserLink(url: "http://acme.localhost/device#token", code: "BCDF-GHJK")
    }

    func outcome(
        ofLink admission: AdmissionID, login: String, clientAddress: String, at now: Date, in scope: TenantScope,
        keeping keep: AdmissionKeeping
    ) async throws -> BrowserLinkOutcome {
        guard links.withLock({ $0.contains(admission) }), let outcome = browser.withLock({ $0 }) else { return .over }
        if case .confirmed(let answer) = outcome { _ = try await become(answer, in: scope, keeping: keep) }
        return outcome
    }

    func holder(
        of key: [UInt8], login: String, attempt: String, clientAddress: String, at now: Date, in scope: TenantScope,
        keeping keep: AdmissionKeeping
    ) async throws -> GatewaySignIn {
        guard let user = people.withLock({ $0[login] }) else { return .refused }
        return switch key {
        case [7, 7, 7]: try await enter(user, attempt, at: now, in: scope, keeping: keep)
        case [8, 8, 8]: .codeNeeded(user.id)
        case [9, 9, 9]: .notReady("Use the web terminal.")
        default: .refused
        }
    }

    func confirm(
        _ code: PassedSecret, of user: UserID, by way: AdmissionWay, in admission: AdmissionID, clientAddress: String,
        at now: Date, in scope: TenantScope, keeping keep: AdmissionKeeping
    ) async throws -> GatewaySignIn {
        guard code.reveal() == "123456", let named = people.withLock({ $0.values.first { $0.id == user } }) else {
            return .refused
        }
        waysOfConfirming.withLock { $0.append(way) }
        return try await enter(named, admission.text, at: now, in: scope, keeping: keep)
    }

    func awaited(
        _ user: UserID, by way: AdmissionWay, attempt: String, clientAddress: String, at now: Date,
        in scope: TenantScope, keeping keep: AdmissionKeeping
    ) async throws -> GatewaySignIn {
        waysOfWaiting.withLock { $0.append(way) }
        guard let named = try await person(user, at: now, in: scope) else { return .refused }
        return try await enter(named, attempt, at: now, in: scope, keeping: keep)
    }

    func left(
        _ user: UserID, attempt: String, at now: Date, in scope: TenantScope,
        keeping keep: (Transaction) async throws -> Void
    ) async throws {
        try await meanwhile()
        try await database.transaction(in: scope) { try await keep($0) }
        gone.withLock { $0.append(attempt) }
    }

    /// The review that those ask for who have to wait.
    let ticket = Mutex(TicketID.new())
    let gone = Mutex<[String]>([])
    /// What was looked after, which of it is decided, and how often a worker was kept that does not wait by itself.
    let looks = Mutex<[[ReviewWaiting.Place]]>([])
    let decided = Mutex<Set<TicketID>>([])
    let rests = Mutex(0)
    /// What is waited for at a worker, by ticket and person.
    let standings = Mutex<[String: ReviewAnswer.State]>([:])

    var waiting: ReviewWaiting {
        ReviewWaiting(
            look: { places, _ in
                self.looks.withLock { $0.append(places) }
                return self.decided.withLock { decided in places.map(\.ticket).filter(decided.contains) }
            },
            state: { place, user, _ in self.standings.withLock { $0["\(place.ticket) \(user)"] } },
            withdraw: { place, user, _ in
                self.standings.withLock { standings in
                    if standings["\(place.ticket) \(user)"] == .waiting {
                        standings["\(place.ticket) \(user)"] = .withdrawn
                    }
                }
            },
            rest: { self.rests.withLock { $0 += 1 } })
    }

    /// What is said about those who have to wait, by their attempt; nil lets everybody in at once.
    let words = Mutex<[String: GatewaySignIn]?>(nil)
    let waysOfWaiting = Mutex<[AdmissionWay]>([])
    let waysOfConfirming = Mutex<[AdmissionWay]>([])

    /// What happens once, when it is known what becomes of the next one and not yet kept.
    let interruption = Mutex<(@Sendable () async throws -> Void)?>(nil)

    private func meanwhile() async throws {
        let work = interruption.withLock { work in
            defer { work = nil }
            return work
        }
        try await work?()
    }

    private func enter(
        _ user: NamedUser, _ attempt: String, at now: Date, in scope: TenantScope, keeping keep: AdmissionKeeping
    ) async throws -> GatewaySignIn {
        guard let words = words.withLock({ $0 }) else {
            return try await become(.admitted(user), in: scope, keeping: keep)
        }
        return try await become(
            words[attempt] ?? .waits(user.id, ticket.withLock { $0 }, until: now + 600), in: scope, keeping: keep)
    }

    private func become(
        _ answer: GatewaySignIn, in scope: TenantScope, keeping keep: AdmissionKeeping
    ) async throws -> GatewaySignIn {
        try await meanwhile()
        try await database.transaction(in: scope) { try await keep(answer, $0) }
        return answer
    }

    func person(_ user: UserID, at now: Date, in scope: TenantScope) async throws -> NamedUser? {
        people.withLock { $0.values.first { $0.id == user } }
    }

    func targets(
        of user: UserID, words: String?, page: Int, size: Int, at now: Date, in scope: TenantScope
    ) async throws -> (items: [MenuTarget], total: Int) {
        ([MenuTarget(name: "web-1", account: "root", address: "127.0.0.1", platform: "linux")], 1)
    }

    func decide(_ wish: AccessWish, at now: Date, in scope: TenantScope) async throws -> AccessAnswer {
        wishes.withLock { $0.append(wish) }
        return target.withLock { $0 }
    }

    func secret(of account: AccountID, for session: SessionID, in scope: TenantScope) async throws -> AccountSecret? {
        secret.withLock { $0 }.map { AccountSecret(kind: .password, bytes: Redacted($0)) }
    }

    func pinned(of asset: AssetID, in scope: TenantScope) async throws -> [PinnedHostKey] { pinned.withLock { $0 } }

    func whereabouts(of asset: AssetID, in scope: TenantScope) async throws -> AssetWhereabouts? {
        whereabouts.withLock { $0 }
    }

    func seen(_ key: PinnedHostKey, on asset: AssetID, at now: Date, in scope: TenantScope) async throws {
        seen.withLock { $0.append(key) }
    }
}

struct NoAdministrators: FirstAdministrators {
    func invite(
        _ administrator: NewAdministrator, to tenant: Tenant, isNew: Bool, at now: Date, in tx: Transaction
    ) async throws -> String? { nil }
}
