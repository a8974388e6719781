import FoundationEssentials
import GatewayContract
import Kernel
import Postgres
import Sessions
import Tenancy

/// Finds out who stands in front of a gateway. The worker relays what they say; nothing here depends on its judgement
/// but the proof of a key, which it has seen.
///
/// A login that nobody has is asked the same questions and told the same as one that somebody has.
struct AdmitPerson {
    let database: Database
    let directory: TenantDirectory
    let identity: any AdmissionIdentity
    let terminals: TerminalTokens
    let gateways: Gateways
    let settings: HostingSettings

    func callAsFunction(
        _ request: AdmissionRequest, from worker: WorkerID, at now: Date
    ) async throws -> AdmissionAnswer {
        let call = Attempt(request: request, worker: worker, now: now)
        switch request.proof {
        case .none: return try await ask(call)
        case .publicKey(let proof): return try await check(proof, call)
        case .answers(let proof): return try await check(proof, call)
        case .terminalToken(let proof): return try await spend(proof, call)
        }
    }

    private struct Attempt {
        let request: AdmissionRequest
        let worker: WorkerID
        let now: Date

        func admission(_ id: AdmissionID = .new(), entrance: Entrance, stage: Admission.Stage) -> Admission {
            Admission(
                id: id, worker: worker, connection: request.connection, login: request.login, entrance: entrance,
                clientAddress: request.clientAddress, stage: stage, createdAt: now, expiresAt: now + Admission.lifetime)
        }
    }

    // MARK: A password and a code

    private func ask(_ call: Attempt) async throws -> AdmissionAnswer {
        let id = AdmissionID.new(at: call.now)
        var title = ""
        // A company that does not exist is asked as well: its answers will be refused.
        if let tenant = try await directory.tenant(slug: call.request.tenant), tenant.state.isOpen {
            let admission = call.admission(id, entrance: .ssh, stage: .asked(tries: 0))
            try await database.execute(AdmissionStore.save(admission, tenant: tenant.id), in: tenant.scope)
            if try await identity.offersBrowser(in: tenant.scope) { title = BrowserQuestion.offer }
        }
        return .challenge(Self.challenge(id, title: title))
    }

    private static func challenge(_ id: AdmissionID, title: String = "") -> AdmissionChallenge {
        AdmissionChallenge(
            admission: id, title: title,
            prompts: [
                AdmissionPrompt(text: "Password: ", echo: false),
                AdmissionPrompt(text: "Verification code: ", echo: true),
            ])
    }

    private func check(_ proof: AnswersProof, _ call: Attempt) async throws -> AdmissionAnswer {
        guard let id = call.request.admission,
            let scope = try await AdmissionHome(database: database).scope(of: id, on: call.worker)
        else { return .refused(Self.denied) }
        let answers = proof.answers.map { $0.reveal() }
        if answers.count == 1 { return try await look(id, call, in: scope) }
        if answers.count == 2, answers.allSatisfy(\.isEmpty), try await identity.offersBrowser(in: scope) {
            return try await leave(id, call, in: scope)
        }
        guard proof.answers.count == 2, var admission = try await take(id, call, in: scope) else {
            return .refused(Self.denied)
        }
        let answer = try await identity.signIn(
            login: admission.login, password: proof.answers[0], code: proof.answers[1],
            clientAddress: call.request.clientAddress, at: call.now, in: scope)
        switch answer {
        case .admitted(let user): return try await admit(user, &admission, call, in: scope)
        case .notReady(let text):
            admission.stage = .refused
            try await database.execute(AdmissionStore.save(admission, tenant: scope.tenant), in: scope)
            return .refused(AdmissionRefused(text: text))
        case .busy: return .challenge(Self.challenge(id, title: "Busy, try again."))
        case .refused:
            guard admission.hasTriesLeft else { return .refused(Self.denied) }
            return .challenge(Self.challenge(id, title: "That was not right, or the account is locked."))
        }
    }

    // MARK: A browser

    /// Shows where to go on with a browser.
    private func leave(_ id: AdmissionID, _ call: Attempt, in scope: TenantScope) async throws -> AdmissionAnswer {
        guard let admission = try await open(id, call, in: scope) else { return .refused(Self.denied) }
        guard
            let link = try await identity.openLink(
                id, login: admission.login, clientAddress: call.request.clientAddress, at: call.now, in: scope)
        else { return .challenge(Self.challenge(id, title: "Busy, try again.")) }
        return .challenge(BrowserQuestion.challenge(id, link))
    }

    /// Sees whether the person has confirmed. They say when to look, by a key: nobody waits here in the meantime.
    private func look(_ id: AdmissionID, _ call: Attempt, in scope: TenantScope) async throws -> AdmissionAnswer {
        guard var admission = try await open(id, call, in: scope) else { return .refused(Self.denied) }
        let outcome = try await identity.outcome(
            ofLink: id, login: admission.login, clientAddress: call.request.clientAddress, at: call.now, in: scope)
        switch outcome {
        case .admitted(let user): return try await admit(user, &admission, call, in: scope)
        case .waiting: return .challenge(BrowserQuestion.again(id))
        case .over: return .refused(AdmissionRefused(text: BrowserQuestion.over))
        }
    }

    /// The admission, if it is this connection's and still asks for something.
    private func open(_ id: AdmissionID, _ call: Attempt, in scope: TenantScope) async throws -> Admission? {
        let found = try await database.transaction(in: scope) { transaction in
            try await transaction.first(AdmissionStore.lock(id, tenant: scope.tenant), AdmissionStore.decode)
        }
        guard let found, found.isOpen(at: call.now), found.connection == call.request.connection,
            found.login == call.request.login, found.hasTriesLeft
        else { return nil }
        return found
    }

    /// The admission with one try less, if it is this connection's and has any left.
    private func take(_ id: AdmissionID, _ call: Attempt, in scope: TenantScope) async throws -> Admission? {
        try await database.transaction(in: scope) { transaction in
            guard
                var admission = try await transaction.first(
                    AdmissionStore.lock(id, tenant: scope.tenant), AdmissionStore.decode),
                admission.isOpen(at: call.now), admission.connection == call.request.connection,
                admission.login == call.request.login, admission.take()
            else { return nil }
            try await transaction.execute(AdmissionStore.save(admission, tenant: scope.tenant))
            return admission
        }
    }

    // MARK: A key

    private func check(_ proof: PublicKeyProof, _ call: Attempt) async throws -> AdmissionAnswer {
        guard let tenant = try await directory.tenant(slug: call.request.tenant), tenant.state.isOpen,
            let user = try await identity.holder(
                of: proof.publicKey.value, login: call.request.login, clientAddress: call.request.clientAddress,
                at: call.now, in: tenant.scope)
        else { return .refused(Self.anotherWay) }
        var admission = call.admission(entrance: .ssh, stage: .asked(tries: 0))
        return try await admit(user, &admission, call, in: tenant.scope)
    }

    // MARK: A web terminal's token

    private func spend(_ proof: TerminalTokenProof, _ call: Attempt) async throws -> AdmissionAnswer {
        guard let pass = try await terminals.spend(proof.token.reveal(), origin: proof.origin, at: call.now),
            let user = try await identity.person(pass.user, at: call.now, in: pass.scope)
        else { return .refused(AdmissionRefused(text: "The token is not good any more. Open the terminal again.")) }
        var admission = call.admission(entrance: .web, stage: .asked(tries: 0))
        admission.target = AdmittedTarget(account: pass.account, asset: pass.asset)
        return try await admit(user, &admission, call, in: pass.scope)
    }

    // MARK: What comes of it

    private func admit(
        _ user: NamedUser, _ admission: inout Admission, _ call: Attempt, in scope: TenantScope
    ) async throws -> AdmissionAnswer {
        let tenant = try await database.first(
            "select slug, name, state in ('trial', 'active') from tenant_settings where tenant_id = \(scope.tenant)",
            in: scope
        ) { row in
            (slug: try row.next(String.self), name: try row.next(String.self), isOpen: try row.next(Bool.self))
        }
        guard let tenant, tenant.isOpen else { return .refused(Self.denied) }
        let visitor = GatewayVisitor(admission, user.id)
        if let objection = try await gateways.objection(
            to: call.worker, entrance: admission.entrance, visitor: visitor, at: call.now, in: scope)
        {
            return .refused(AdmissionRefused(text: objection))
        }
        admission.admit(user.id, at: call.now)
        let admitted = admission
        try await database.transaction(in: scope) { transaction in
            try await transaction.execute(AdmissionStore.save(admitted, tenant: scope.tenant))
            // What Identity let in, its own trail tells.
            if admitted.entrance == .web {
                try await AdmissionEvents.entered(admitted, user, database, at: call.now, in: scope, transaction)
            }
        }
        return .admitted(
            Admitted(
                admission: admitted.id, user: user, tenantName: tenant.name, portal: settings.portal(tenant.slug),
                target: admitted.target))
    }

    private static let denied = AdmissionRefused(text: "Permission denied.")
    private static let anotherWay = AdmissionRefused(
        text: "This key opens nothing here.", methods: [.publicKey, .keyboardInteractive])
}
