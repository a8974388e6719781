import Cryptography
import Foundation
import GatewayContract
import GatewayCore
import Kernel
import Recording
import Synchronization
import TestSupport

/// A control plane in memory: one tenant `acme`, one user `lin`, one target; everything that a worker tells it is kept.
final class FakeControlPlane: Sendable {
    struct State {
        var userKeys: Set<[UInt8]> = []
        var password = "correct horse"
        var code = "123456"
        var targets: [MenuTarget] = []
        /// What a target answers; nil refuses.
        var addresses: [AssetAddress] = []
        var hostKeys: [PinnedHostKey] = []
        var account = ""
        var secret: [UInt8] = []
        var secretKind = GrantSecretKind.sshKey
        var isRefusing = false
        var isAway = false
        var strict = false
        var idleSeconds = 1800
        var lasts: TimeInterval = 3600
        /// Whose sessions those with this command are, if not those of `tenant`.
        var tenants: [String: TenantID] = [:]
        var allowance = TenantAllowance.unlimited
        var admissions: [AdmissionRequest] = []
        var pendingCode: Set<AdmissionID> = []
        /// Why a key that is right opens nothing for now.
        var keyNotice = ""
        /// Whether somebody has to agree to those who have proven themselves, and whether somebody has decided: what is said
        /// then, where nil lets them in.
        var isReviewed = false
        var isDecided = false
        var refusal: String?
        var waiting: Set<AdmissionID> = []
        /// Whom the worker has told of who waits; nil for a server that answers nothing of the kind.
        var looks: [WaitingList]? = []
        var requests: [SessionRequest] = []
        var grants: [SessionID: SessionGrant] = [:]
        var recordingKeys: [RecordingID: RecordingKey] = [:]
        var facts: [SessionID: [SessionFact]] = [:]
        var ends: [SessionID: SessionEnd] = [:]
        var files: [RecordingID: [UInt8]] = [:]
        var chains: [RecordingID: ChainState] = [:]
        var leases: [LeaseRequest] = []
        var ended: [SessionID: (EndReason, String)] = [:]
        var hostKeyReports: [HostKeyReport] = []
        var healths: [HealthReport] = []
        var desk = FakeDesk()
        var language: String?
        /// How somebody may ask who is refused.
        var hint: AccessRequestHint?
        var listeners: [UUID: AsyncStream<FedEvent>.Continuation] = [:]
    }

    let state = Mutex(State())
    let serverKey = SigningKey()
    let identity: WorkerIdentity
    let redactionKey = SealingPrivateKey()
    private let tenantKeyID = TenantKeyID.new()
    let tenant = TenantID.new()
    let user = NamedUser(id: .new(), name: "Lin Chen")

    init() {
        identity = WorkerIdentity(
            worker: .new(), signingKey: SigningKey(), sealingKey: SealingPrivateKey(),
            serverKey: Bytes(serverKey.verifyingKey.bytes))
    }

    /// Makes a private sshd the target.
    func serve(_ target: OpenSSHServer) throws {
        let (algorithm, base64) = try target.hostKey
        let key = try target.userKey
        state.withLock { state in
            state.addresses = [AssetAddress(host: "127.0.0.1", port: target.port)]
            state.hostKeys = [PinnedHostKey(algorithm: algorithm, key: Bytes(Array(Data(base64Encoded: base64)!)))]
            state.account = target.user
            state.secret = Array(key.utf8)
            state.targets = [
                MenuTarget(name: "web-1", account: target.user, address: "127.0.0.1", platform: "Linux", until: nil)
            ]
        }
    }

    func trust(_ client: OpenSSHClient) throws {
        let base64 = try client.publicKey.base64
        state.withLock { _ = $0.userKeys.insert(Array(Data(base64Encoded: base64)!)) }
    }

    /// Sends an event to every worker that listens.
    func send(_ event: WorkerEvent) {
        let fed = FedEvent(id: UUID().uuidString, event: event)
        for listener in state.withLock({ Array($0.listeners.values) }) { listener.yield(fed) }
    }

    /// The session that was granted last.
    var lastSession: SessionID? { state.withLock { $0.grants.values.max { $0.issuedAt < $1.issuedAt }?.session } }

    func end(of session: SessionID) -> SessionEnd? { state.withLock { $0.ends[session] } }

    func commands(of session: SessionID) -> [String] {
        state.withLock { state in
            (state.facts[session] ?? []).compactMap { if case .command(let fact) = $0.event { fact.line } else { nil } }
        }
    }

    /// What a recording holds, as far as it has been stored.
    func events(of recording: RecordingID) throws -> [RecordingEvent] {
        let (bytes, key) = state.withLock { ($0.files[recording] ?? [], $0.recordingKeys[recording]) }
        var decoder = RecordingDecoder(key: key!)
        return try decoder.feed(bytes)
    }

    func controlPlane() -> ControlPlane {
        ControlPlane(
            admit: { request throws(ControlPlaneError) in try self.admit(request) },
            waiting: { list throws(ControlPlaneError) in try self.look(list) },
            targets: { request throws(ControlPlaneError) in try self.list(request) },
            openSession: { request throws(ControlPlaneError) in try self.open(request) },
            renew: { request throws(ControlPlaneError) in try self.renew(request) },
            events: { _, receive throws(ControlPlaneError) in try await self.events(receive) },
            report: { session, report throws(ControlPlaneError) in try self.report(session, report) },
            end: { session, end throws(ControlPlaneError) in try self.end(session, end) },
            upload: { recording, segment throws(ControlPlaneError) in try self.upload(recording, segment) },
            resume: { recording throws(ControlPlaneError) in try self.resume(recording) },
            reportHostKey: { report throws(ControlPlaneError) in
                self.state.withLock { $0.hostKeyReports.append(report) }
            },
            health: { report throws(ControlPlaneError) in
                self.state.withLock { $0.healths.append(report) }
                return HealthAnswer(state: .active)
            }, requests: requestCalls())
    }

    func check() throws(ControlPlaneError) {
        if state.withLock({ $0.isAway }) { throw .unreachable("it is away") }
    }

    private func admit(_ request: AdmissionRequest) throws(ControlPlaneError) -> AdmissionAnswer {
        try check()
        return state.withLock { state in
            state.admissions.append(request)
            let isKnown = request.tenant == "acme" && request.login == "lin"
            let admission = request.admission ?? AdmissionID.new()
            let admitted = AdmissionAnswer.admitted(
                Admitted(
                    admission: admission, user: user, tenantName: "Acme", portal: "https://acme.example",
                    language: state.language))
            switch request.proof {
            case .none:
                return .challenge(
                    AdmissionChallenge(
                        admission: admission, title: "Acme", prompts: [.init(text: "Password: ", echo: false)]))
            case .publicKey(let key):
                guard isKnown, state.userKeys.contains(key.publicKey.value) else {
                    return .refused(AdmissionRefused(text: state.keyNotice, methods: [.keyboardInteractive]))
                }
                return state.wait(admission) ?? admitted
            case .waiting:
                guard state.waiting.contains(admission) else { return .refused(AdmissionRefused(text: "Waits not.")) }
                guard state.isDecided else { return Self.waits(admission, title: "") }
                state.waiting.remove(admission)
                return state.refusal.map { .refused(AdmissionRefused(text: $0)) } ?? admitted
            case .answers(let answers):
                let answer = answers.answers.first?.reveal() ?? ""
                if state.pendingCode.contains(admission) {
                    guard answer == state.code else {
                        return .refused(AdmissionRefused(text: "That code is not right."))
                    }
                    return state.wait(admission) ?? admitted
                }
                guard isKnown, answer == state.password else {
                    return .refused(AdmissionRefused(text: "Name or password is not right."))
                }
                state.pendingCode.insert(admission)
                return .challenge(
                    AdmissionChallenge(admission: admission, title: "", prompts: [.init(text: "Code: ", echo: true)]))
            case .gone:
                state.waiting.remove(admission)
                return .refused(AdmissionRefused(text: "gone"))
            case .terminalToken: return .refused(AdmissionRefused(text: "not here"))
            }
        }
    }

    fileprivate static func waits(_ admission: AdmissionID, title: String) -> AdmissionAnswer {
        .challenge(AdmissionChallenge(admission: admission, title: title, prompts: []))
    }

    /// Somebody has decided about all who wait; their worker is told at once, or never.
    func decide(telling: Bool = true) {
        let waiting = state.withLock { state in
            state.isDecided = true
            return state.waiting
        }
        guard telling else { return }
        for admission in waiting { send(WorkerEvent(kind: .decision, admission: admission)) }
    }

    /// The streams of all workers break off.
    func cut() {
        for listener in state.withLock({ Array($0.listeners.values) }) { listener.finish() }
    }

    private func look(_ list: WaitingList) throws(ControlPlaneError) -> WaitingNews {
        try check()
        let news = state.withLock { state -> [AdmissionID]? in
            guard state.looks?.append(list) != nil else { return nil }
            return list.admissions.filter { state.isDecided || !state.waiting.contains($0) }
        }
        guard let news else { throw .unknown }
        return WaitingNews(admissions: news)
    }

    private func list(_ request: TargetsRequest) throws(ControlPlaneError) -> TargetsPage {
        try check()
        return state.withLock { state in
            let found = state.targets.filter { target in
                request.words.map { target.name.contains($0) || target.account.contains($0) } ?? true
            }
            let page = Array(found.dropFirst(request.page * 20).prefix(20))
            return TargetsPage(items: page, total: found.count, pageSize: 20)
        }
    }

    private func open(_ request: SessionRequest) throws(ControlPlaneError) -> SessionAnswer {
        try check()
        do {
            return try state.withLock { state in
                state.requests.append(request)
                guard !state.isRefusing, state.targets.contains(where: { $0.name == request.target.asset }) else {
                    return .refused(
                        SessionRefused(
                            text: "nothing grants it",
                            reasons: [RefusalReason(code: "no-grant", text: "no grant covers web-1 now")],
                            request: state.hint
                                ?? AccessRequestHint(
                                    command: "gatehouse request deploy@web-1", url: "https://acme.example/requests/new")
                        ))
                }
                let grant = try self.grant(request, &state)
                state.grants[grant.session] = grant
                return .granted(try SignedGrant(grant) { try serverKey.sign($0) })
            }
        } catch {
            throw .refused(status: 500, text: "\(error)")
        }
    }

    private func grant(_ request: SessionRequest, _ state: inout State) throws -> SessionGrant {
        let session = SessionID.new()
        let recording = RecordingID.new()
        let key = RecordingKey()
        state.recordingKeys[recording] = key
        let sealing = identity.sealingKey.publicKey.bytes
        return SessionGrant(
            session: session, tenant: request.command.flatMap { state.tenants[$0] } ?? tenant, tenantName: "Acme",
            worker: identity.worker, user: user,
            asset: NamedAsset(id: .new(), name: request.target.asset), addresses: state.addresses,
            hostKeys: state.hostKeys, account: state.account, secretKind: state.secretKind,
            sealedSecret: try SealedField.secret.seal(state.secret, to: sealing, session: session), protocol: .ssh,
            channel: request.channel, command: request.command, terminal: request.terminal, actions: ["connect"],
            recording: GrantRecording(
                id: recording,
                sealedKey: try SealedField.recordingKey.seal(key.reveal().reveal(), to: sealing, session: session),
                tenantKey: tenantKeyID, wrappedKey: Bytes(SecureRandom.bytes(60)),
                strict: state.strict, redactionKey: Bytes(redactionKey.publicKey.bytes)),
            limits: GrantLimits(
                idleSeconds: state.idleSeconds, endsAt: Date() + state.lasts, allowance: state.allowance),
            leaseSeconds: 30,
            meteringSeconds: 10, traceID: "trace", notices: [], issuedAt: Date())
    }

    private func renew(_ request: LeaseRequest) throws(ControlPlaneError) -> LeaseAnswer {
        try check()
        return state.withLock { state in
            state.leases.append(request)
            return LeaseAnswer(
                sessions: request.sessions.map { report in
                    if let (reason, text) = state.ended[report.session] {
                        return SessionLease(
                            session: report.session, state: .ended, endReason: reason, endText: text, endsAt: nil)
                    }
                    return SessionLease(session: report.session, state: .ok)
                }, leaseSeconds: 30, tenants: [TenantLease(tenant: tenant, allowance: state.allowance)])
        }
    }

    private func events(_ receive: @Sendable (FedEvent) async -> Void) async throws(ControlPlaneError) {
        try check()
        let (stream, continuation) = AsyncStream.makeStream(of: FedEvent.self)
        let id = UUID()
        state.withLock { $0.listeners[id] = continuation }
        defer { state.withLock { _ = $0.listeners.removeValue(forKey: id) } }
        for await event in stream { await receive(event) }
    }

    private func report(_ session: SessionID, _ report: FactsReport) throws(ControlPlaneError) -> FactsStored {
        try check()
        return state.withLock { state in
            let last = state.facts[session]?.last?.sequence ?? 0
            state.facts[session, default: []] += report.facts.filter { $0.sequence > last }
            return FactsStored(sequence: state.facts[session]?.last?.sequence ?? 0)
        }
    }

    private func end(_ session: SessionID, _ end: SessionEnd) throws(ControlPlaneError) {
        try check()
        state.withLock { if $0.ends[session] == nil { $0.ends[session] = end } }
    }

    private func upload(
        _ recording: RecordingID, _ segment: SegmentUpload
    ) throws(ControlPlaneError) -> SegmentStored {
        try check()
        do {
            return try state.withLock { state in
                let accepted = try SegmentVerifier.accept(segment.bytes, after: state.chains[recording])
                state.chains[recording] = accepted.state
                state.files[recording, default: []] += segment.bytes
                return SegmentStored(
                    nextSequence: Int(accepted.state.nextSequence), chain: Bytes(accepted.state.chain.bytes))
            }
        } catch {
            throw .conflict("\(error)")
        }
    }

    private func resume(_ recording: RecordingID) throws(ControlPlaneError) -> RecordingResumption {
        try check()
        let found = state.withLock { state in
            state.grants.values.first { $0.recording.id == recording }.map {
                (grant: $0, key: state.recordingKeys[recording], chain: state.chains[recording])
            }
        }
        guard let found, let key = found.key,
            let sealed = try? SealedField.recordingKey.seal(
                key.reveal().reveal(), to: identity.sealingKey.publicKey.bytes, session: found.grant.session)
        else { throw .unknown }
        return RecordingResumption(
            session: found.grant.session, sealedKey: sealed, nextSequence: Int(found.chain?.nextSequence ?? 1),
            isComplete: found.chain?.isComplete ?? false)
    }
}

extension FakeControlPlane.State {
    /// What somebody is told who has to wait; nil for somebody who has not.
    fileprivate mutating func wait(_ admission: AdmissionID) -> AdmissionAnswer? {
        guard isReviewed else { return nil }
        waiting.insert(admission)
        return FakeControlPlane.waits(admission, title: "Somebody has to agree.")
    }

    /// How often the worker has shown this of somebody.
    func count(_ proof: (AdmissionProof) -> Bool) -> Int { admissions.filter { proof($0.proof) }.count }

    /// How often it has asked what has become of somebody who waits.
    var questions: Int { count { if case .waiting = $0 { true } else { false } } }
    var departures: Int { count { if case .gone = $0 { true } else { false } } }
}
