import Cryptography
package import FoundationEssentials
package import GatewayContract
package import HTTPAPI
package import Kernel
package import Postgres
package import Sessions
package import Tenancy

/// Gateway workers: how they come to be, what they ask, what they are told.
///
/// A worker decides nothing: it relays what people say and gets a grant for one session, or a refusal.
package struct Hosting: Sendable {
    /// What lies below.
    package struct Features: Sendable {
        let sessions: Sessions
        let recordings: Recordings
        let terminals: TerminalTokens
        let directory: TenantDirectory
        let tenantKeys: TenantKeys

        package init(
            sessions: Sessions, recordings: Recordings, terminals: TerminalTokens, directory: TenantDirectory,
            tenantKeys: TenantKeys
        ) {
            self.sessions = sessions
            self.recordings = recordings
            self.terminals = terminals
            self.directory = directory
            self.tenantKeys = tenantKeys
        }
    }

    let database: Database
    let keys: InstallationKeys
    let features: Features
    let ports: HostingPorts
    let settings: HostingSettings
    private let mail = WorkerMail()
    var gateways: Gateways { Gateways(database: database, map: ports.map) }

    package init(
        database: Database, keys: InstallationKeys, features: Features, ports: HostingPorts, settings: HostingSettings
    ) {
        self.database = database
        self.keys = keys
        self.features = features
        self.ports = ports
        self.settings = settings
    }
}

// For the provider.
extension Hosting {
    package func workers(_ page: PageRequest, at now: Date, in scope: ProviderScope) async throws -> Rows<Worker> {
        let rows = try await database.query(WorkerStore.list(page), in: scope) { row in
            try WorkerStore.decode(&row, at: now)
        }
        return Rows(rows, of: page)
    }

    package func worker(_ id: WorkerID, at now: Date, in scope: ProviderScope) async throws -> Worker {
        let worker = try await database.first(WorkerStore.find(id), in: scope) { try WorkerStore.decode(&$0, at: now) }
        guard let worker else { throw HostingError.notFound }
        return worker
    }

    /// Makes a one-time token for a worker.
    package func prepare(
        _ new: WorkerPlace, at now: Date, in scope: ProviderScope, audit: AuditDraft
    ) async throws -> WorkerEnrolment {
        let token = RandomToken(prefix: "gwe_")
        let id = EnrolmentID.new(at: now)
        let until = now + WorkerEnrolment.lifetime
        try await database.transaction(in: scope) { transaction in
            try await transaction.execute(
                EnrolmentStore.insert(
                    id, tokenHash: token.hash.bytes, new, challenge: SecureRandom.bytes(32), at: now, until: until))
            audit.target("worker-enrolment", id.text)
            audit.detail("pool", .string(new.pool))
            audit.detail("region", .string(new.region))
            try await audit.write(in: transaction)
        }
        return WorkerEnrolment(id: id, token: PassedSecret(token.text.reveal()), expiresAt: until)
    }

    package func order(
        _ order: WorkerOrder, _ worker: WorkerID, at now: Date, audit: AuditDraft
    ) async throws -> Worker {
        try await OrderWorker(database: database, mail: mail, sessions: features.sessions)(
            order, worker, at: now, audit: audit)
        return try await self.worker(worker, at: now, in: ProviderScope())
    }
}

// For a worker's identity.
extension Hosting {
    package func challenge(_ token: PassedSecret, at now: Date) async throws -> EnrolmentChallenge {
        try await enrolment.challenge(token, at: now)
    }

    package func enrol(_ request: EnrolRequest, at now: Date, audit: AuditDraft) async throws -> Enrolled {
        try await enrolment(request, at: now, audit: audit)
    }

    package func token(_ assertion: PassedSecret, at now: Date) async throws -> AccessToken {
        try await GetAccessToken(database: database, tokens: AccessTokens(key: keys.tokens))(assertion, at: now)
    }

    package func rotate(
        _ request: RotateKeysRequest, of worker: WorkerID, at now: Date, audit: AuditDraft
    ) async throws -> KeysRotated {
        try await RotateKeys(database: database)(request, of: worker, at: now, audit: audit)
    }

    package func health(
        _ report: HealthReport, of worker: WorkerID, at now: Date
    ) async throws -> HealthAnswer {
        let scope = SystemScope(reason: "a worker's health")
        try await database.execute(WorkerStore.setHealth(worker, report, at: now), in: scope)
        let state = try await database.first("select state from workers where worker_id = \(worker)", in: scope) {
            try $0.next(WorkerState.self)
        }
        guard let state else { throw HostingError.notFound }
        return HealthAnswer(state: state)
    }

    private var enrolment: EnrolWorker { EnrolWorker(database: database, grantKey: keys.grants.verifyingKey) }
}

// For people in front of a gateway.
extension Hosting {
    package func admit(
        _ request: AdmissionRequest, from worker: WorkerID, at now: Date
    ) async throws -> AdmissionAnswer {
        try await AdmitPerson(
            database: database, directory: features.directory, identity: ports.identity, waiting: ports.waiting,
            terminals: features.terminals, gateways: gateways, settings: settings)(request, from: worker, at: now)
    }

    /// How it stands with what a person waits for.
    package func review(
        _ request: ReviewRequest, from worker: WorkerID, at now: Date
    ) async throws -> ReviewAnswer {
        try await ReadReview(
            database: database, identity: ports.identity, waiting: ports.waiting, gateways: gateways)(
                request, from: worker, at: now)
    }

    /// Notes who still waits at a worker; about whom there is news.
    package func lookAfter(
        _ list: WaitingList, at worker: WorkerID, at now: Date
    ) async throws -> WaitingNews {
        try await LookAfterWaiting(database: database, waiting: ports.waiting)(list, on: worker, at: now)
    }

    package func targets(_ request: TargetsRequest, from worker: WorkerID, at now: Date) async throws -> TargetsPage {
        try await ListTargets(database: database, ports: ports, gateways: gateways)(request, from: worker, at: now)
    }

    package func open(
        _ request: SessionRequest, from worker: WorkerID, at now: Date, traceID: String
    ) async throws -> SessionAnswer {
        try await OpenSession(
            database: database, sessions: features.sessions, keys: features.tenantKeys, grantKey: keys.grants,
            context: .init(ports: ports, gateways: gateways, settings: settings))(
                request, from: worker, at: now, traceID: traceID)
    }
}

// For running sessions.
extension Hosting {
    package func renew(_ request: LeaseRequest, of worker: WorkerID, at now: Date) async throws -> LeaseAnswer {
        try await database.execute(WorkerStore.setSeen(worker, at: now), in: SystemScope(reason: "a worker lives"))
        let answer = try await features.sessions.renew(request.sessions, of: worker, at: now)
        var tenants: [TenantLease] = []
        for tenant in try await features.sessions.tenants(of: request.sessions.map(\.session), on: worker) {
            tenants.append(TenantLease(tenant: tenant, allowance: try await ports.allowance(tenant)))
        }
        return LeaseAnswer(sessions: answer.sessions, leaseSeconds: answer.leaseSeconds, tenants: tenants)
    }

    /// A worker saw a host key that is not pinned: it is kept for an administrator, and the session is over.
    package func report(
        _ report: HostKeyReport, from worker: WorkerID, at now: Date
    ) async throws {
        let (scope, asset) = try await features.sessions.asset(of: report.session, from: worker)
        try await ports.hostKeys.seen(
            PinnedHostKey(algorithm: report.algorithm, key: report.key), on: asset, at: now, in: scope)
        try await features.sessions.end(
            where: .session(report.session), because: .hostKeyChanged, in: scope, at: now)
    }

    /// The key of a recording that a crash of its worker left unfinished, sealed to that worker.
    package func resume(_ recording: RecordingID, from worker: WorkerID) async throws -> RecordingResumption {
        let standing = try await database.first(
            WorkerStore.standing(worker), in: SystemScope(reason: "a worker's sealing key"), { try WorkerStanding(&$0) }
        )
        guard let standing else { throw HostingError.notFound }
        let unfinished = try await features.recordings.unfinished(recording, on: worker)
        return RecordingResumption(
            session: unfinished.session,
            sealedKey: try SealedField.recordingKey.seal(
                unfinished.key.reveal(), to: standing.sealingKey, session: unfinished.session),
            nextSequence: unfinished.nextSequence, isComplete: unfinished.isComplete)
    }

    /// Decides again about the sessions of a tenant, for changes that name no session.
    @discardableResult
    package func review(in scope: TenantScope, at now: Date) async throws -> Int {
        try await ReviewSessions(sessions: features.sessions, access: ports.access)(in: scope, at: now)
    }

    /// Decides again about all sessions: called every minute, on one node at a time.
    package func review(at now: Date) async throws {
        for scope in try await features.sessions.busyTenants() { try await review(in: scope, at: now) }
    }

    /// Notices workers that fell silent or came back: called every few seconds, on one node at a time.
    package func watch(at now: Date) async throws -> [WorkerNews] {
        try await WatchWorkers(database: database)(at: now)
    }

    /// Forgets what is of no use any more: called every minute, on one node at a time.
    package func sweep(at now: Date) async throws {
        try await SweepHosting(database: database)(at: now)
        try await features.terminals.sweep(at: now)
    }
}
