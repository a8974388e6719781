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
    let waiting: ReviewWaiting
    let terminals: TerminalTokens
    let gateways: Gateways
    let settings: HostingSettings

    func callAsFunction(
        _ request: AdmissionRequest, from worker: WorkerID, at now: Date
    ) async throws -> AdmissionAnswer {
        let call = Attempt(request: request, worker: worker, now: now)
        return try await unlessOvertaken(call, answer)
    }

    private func answer(_ call: Attempt) async throws -> AdmissionAnswer {
        switch call.request.proof {
        case .none: return try await ask(call)
        case .publicKey(let proof): return try await check(proof, call)
        case .answers(let proof):
            guard proof.answers.isEmpty else { return try await check(proof, call) }
            // Who is asked nothing has nothing to answer: that is somebody who waits, at a worker that does not do it for them.
            // It is kept for them alone: whoever has proven nothing may answer questions with nothing, too.
            let answer = try await look(call)
            if case .challenge = answer { await waiting.rest() }
            return answer
        case .waiting: return try await look(call)
        case .gone: return try await dismiss(call)
        case .terminalToken(let proof): return try await spend(proof, call)
        }
    }

    struct Attempt {
        let request: AdmissionRequest
        let worker: WorkerID
        let now: Date

        func isOf(_ admission: Admission) -> Bool {
            admission.connection == request.connection && admission.login == request.login
                && admission.clientAddress == request.clientAddress
        }

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
            admission: id, title: title, prompts: [AdmissionPrompt(text: "Password: ", echo: false), codePrompt])
    }

    /// The code is sent, after the password or the key.
    private static func sentCode(_ id: AdmissionID) -> AdmissionChallenge {
        AdmissionChallenge(
            admission: id, title: "A code is on its way to you.", prompts: [codePrompt])
    }

    /// What the service at which the person confirms asks; the answer goes there, and nowhere else.
    private static func factor(_ id: AdmissionID, asking prompt: String) -> AdmissionChallenge {
        let text = prompt.isEmpty ? "Answer" : String(prompt.prefix(200))
        let end = text.hasSuffix(":") || text.hasSuffix("?") ? " " : ": "
        return AdmissionChallenge(
            admission: id, title: "", prompts: [AdmissionPrompt(text: text + end, echo: false)])
    }

    private static let codePrompt = AdmissionPrompt(text: "Verification code: ", echo: true)

    /// What an identity provider asks, and the code besides if its answer is not enough.
    private static func challenge(_ id: AdmissionID, asking prompt: String, codeNeeded: Bool) -> AdmissionChallenge {
        let text = prompt.isEmpty ? "Code" : String(prompt.prefix(200))
        let end = text.hasSuffix(":") || text.hasSuffix("?") ? " " : ": "
        return AdmissionChallenge(
            admission: id, title: "Your sign-in service asks:",
            prompts: [AdmissionPrompt(text: text + end, echo: false)] + (codeNeeded ? [codePrompt] : []))
    }

    private func check(_ proof: AnswersProof, _ call: Attempt) async throws -> AdmissionAnswer {
        guard let id = call.request.admission,
            let scope = try await AdmissionHome(database: database).scope(of: id, on: call.worker)
        else { return .refused(Self.denied) }
        if let answer = try await browse(proof, id, call, in: scope) { return answer }
        guard let admission = try await take(id, call, in: scope) else { return .refused(Self.denied) }
        if case .code(_, let user, let way) = admission.stage {
            return try await confirm(proof, of: user, by: way, admission, call, in: scope)
        }
        guard let answer = try await ask(about: proof.answers, admission, call, in: scope)
        else { return .refused(Self.denied) }
        switch answer {
        case .admitted(let user): return try await enter(user, admission, call, in: scope)
        case .asked(let prompt, let codeNeeded):
            try await change(id, in: scope) { $0.challenge() }
            return .challenge(Self.challenge(id, asking: prompt, codeNeeded: codeNeeded))
        case .codeSent(let user):
            try await change(id, in: scope) { $0.send(to: user) }
            return .challenge(Self.sentCode(id))
        case .factorAsked(let user, let prompt):
            try await change(id, in: scope) { $0.send(to: user) }
            return .challenge(Self.factor(id, asking: prompt))
        case .notReady(let text): return try await refuse(admission, text, in: scope)
        case .waits: return .challenge(Self.waiting(id))
        case .busy: return try await again("Busy, try again.", id, in: scope)
        case .refused, .held, .codeNeeded:
            guard admission.hasTriesLeft else { return .refused(Self.denied) }
            return try await again("That was not right, or the account is locked.", id, in: scope)
        }
    }

    /// Nil for answers to other questions than were asked.
    private func ask(
        about answers: [PassedSecret], _ admission: Admission, _ call: Attempt, in scope: TenantScope
    ) async throws -> GatewaySignIn? {
        let address = call.request.clientAddress
        switch (admission.stage, answers.count) {
        case (.asked, 2):
            return try await identity.signIn(
                login: admission.login, password: answers[0], code: answers[1], in: admission.id,
                clientAddress: address, at: call.now, in: scope
            ) { try await keep($0, by: .password, of: admission, call, in: scope, $1) }
        case (.challenged, 1), (.challenged, 2):
            return try await identity.answer(
                answers[0], code: answers.dropFirst().first, in: admission.id, clientAddress: address, at: call.now,
                in: scope
            ) { try await keep($0, by: .password, of: admission, call, in: scope, $1) }
        default: return nil
        }
    }

    /// Begins again with the password: an answer that was not right has ended what the provider knew.
    private func again(_ title: String, _ id: AdmissionID, in scope: TenantScope) async throws -> AdmissionAnswer {
        try await change(id, in: scope) { $0.askAgain() }
        return .challenge(Self.challenge(id, title: title))
    }

    /// Changes the stage as it is by now, so that nothing that was counted meanwhile is lost.
    private func change(
        _ id: AdmissionID, in scope: TenantScope, _ change: (inout Admission) -> Void
    ) async throws {
        try await database.transaction(in: scope) { transaction in
            guard
                var admission = try await transaction.first(
                    AdmissionStore.lock(id, tenant: scope.tenant), AdmissionStore.decode)
            else { return }
            change(&admission)
            try await transaction.execute(AdmissionStore.save(admission, tenant: scope.tenant))
        }
    }

    // MARK: A browser

    /// Goes on with a browser, if the person wants to or does already; nil for all others. Nothing is guessed by it, so
    /// no try is spent.
    private func browse(
        _ proof: AnswersProof, _ id: AdmissionID, _ call: Attempt, in scope: TenantScope
    ) async throws -> AdmissionAnswer? {
        guard proof.answers.count == 1 || proof.answers.allSatisfy({ $0.reveal().isEmpty }),
            let admission = try await admission(id, in: scope), admission.isOpen(at: call.now),
            admission.connection == call.request.connection,
            admission.login == call.request.login
        else { return nil }
        switch (admission.stage, proof.answers.count) {
        case (.asked, 2):
            guard try await identity.offersBrowser(in: scope) else { return nil }
            return try await leave(id, admission.login, call, in: scope)
        case (.browser, 1): return try await look(admission, call, in: scope)
        default: return nil
        }
    }

    /// Shows where to go on with a browser.
    private func leave(
        _ id: AdmissionID, _ login: String, _ call: Attempt, in scope: TenantScope
    ) async throws -> AdmissionAnswer {
        let link = try await identity.openLink(
            id, login: login, clientAddress: call.request.clientAddress, at: call.now, in: scope)
        guard let link else { return .challenge(Self.challenge(id, title: "Busy, try again.")) }
        var hasLeft = false
        try await change(id, in: scope) { hasLeft = $0.leave(at: call.now) }
        return hasLeft ? .challenge(BrowserQuestion.challenge(id, link)) : .refused(Self.denied)
    }

    /// Sees whether the person has confirmed. They say when to look, by a key: nobody waits here in the meantime.
    private func look(
        _ admission: Admission, _ call: Attempt, in scope: TenantScope
    ) async throws -> AdmissionAnswer {
        let outcome = try await identity.outcome(
            ofLink: admission.id, login: admission.login, clientAddress: call.request.clientAddress, at: call.now,
            in: scope
        ) { try await keep($0, by: .browser, of: admission, call, in: scope, $1) }
        switch outcome {
        case .waiting: return .challenge(BrowserQuestion.again(admission.id))
        // It may be over because another call has found it confirmed, whose admission it is.
        case .over: return .refused(AdmissionRefused(text: BrowserQuestion.over))
        case .confirmed(.admitted(let user)): return try await enter(user, admission, call, in: scope)
        case .confirmed(.waits): return .challenge(Self.waiting(admission.id))
        case .confirmed(.notReady(let text)): return try await refuse(admission, text, in: scope)
        case .confirmed(.refused), .confirmed(.held), .confirmed(.busy), .confirmed(.asked), .confirmed(.codeNeeded),
            .confirmed(.codeSent), .confirmed(.factorAsked):
            return try await refuse(admission, Self.denied.text, in: scope)
        }
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
        guard let tenant = try await directory.tenant(slug: call.request.tenant), tenant.state.isOpen else {
            return .refused(Self.anotherWay)
        }
        var admission = call.admission(.new(at: call.now), entrance: .ssh, stage: .asked(tries: 0))
        let new = admission
        let answer = try await identity.holder(
            of: proof.publicKey.value, login: call.request.login, attempt: admission.id.text,
            clientAddress: call.request.clientAddress, at: call.now, in: tenant.scope
        ) { answer, transaction in
            try await transaction.enqueue(AdmissionStore.save(new, tenant: tenant.id))
            try await keep(
                answer, by: .publicKey(proof.publicKey.value), of: new, call, in: tenant.scope, transaction)
        }
        switch answer {
        case .admitted(let user): return try await enter(user, admission, call, in: tenant.scope)
        case .codeNeeded(let user), .codeSent(let user):
            admission.stage = .code(tries: 0, of: user, by: .publicKeyAndCode)
            try await database.execute(AdmissionStore.save(admission, tenant: tenant.id), in: tenant.scope)
            if case .codeSent = answer { return .challenge(Self.sentCode(admission.id)) }
            return .challenge(
                AdmissionChallenge(admission: admission.id, title: "", prompts: [Self.codePrompt]))
        case .factorAsked(let user, let prompt):
            admission.stage = .code(tries: 0, of: user, by: .publicKeyAndCode)
            try await database.execute(AdmissionStore.save(admission, tenant: tenant.id), in: tenant.scope)
            return .challenge(Self.factor(admission.id, asking: prompt))
        case .refused, .busy, .asked: return .refused(Self.anotherWay)
        case .held(let text): return .refused(AdmissionRefused(text: text, methods: [.keyboardInteractive]))
        case .notReady(let text): return .refused(AdmissionRefused(text: text))
        case .waits: return .challenge(Self.waiting(admission.id))
        }
    }

    private func confirm(
        _ proof: AnswersProof, of user: UserID, by way: AdmissionWay, _ admission: Admission, _ call: Attempt,
        in scope: TenantScope
    ) async throws -> AdmissionAnswer {
        guard proof.answers.count == 1 else { return .refused(Self.denied) }
        func again(_ title: String) -> AdmissionAnswer {
            .challenge(AdmissionChallenge(admission: admission.id, title: title, prompts: [Self.codePrompt]))
        }
        let answer = try await identity.confirm(
            proof.answers[0], of: user, by: way, in: admission.id, clientAddress: call.request.clientAddress,
            at: call.now, in: scope
        ) { try await keep($0, by: way, of: admission, call, in: scope, $1) }
        switch answer {
        case .admitted(let user): return try await enter(user, admission, call, in: scope)
        case .notReady(let text): return try await refuse(admission, text, in: scope)
        case .waits: return .challenge(Self.waiting(admission.id))
        case .busy: return again("Busy, try again.")
        case .factorAsked(_, let prompt):
            try await change(admission.id, in: scope) { $0.goOn() }
            return .challenge(Self.factor(admission.id, asking: prompt))
        case .codeSent:
            return admission.hasTriesLeft ? .challenge(Self.sentCode(admission.id)) : .refused(Self.denied)
        case .refused, .held, .asked, .codeNeeded:
            return admission.hasTriesLeft ? again("That was not right.") : .refused(Self.denied)
        }
    }

    // MARK: A web terminal's token

    private func spend(_ proof: TerminalTokenProof, _ call: Attempt) async throws -> AdmissionAnswer {
        guard let pass = try await terminals.spend(proof.token.reveal(), origin: proof.origin, at: call.now),
            let user = try await identity.person(pass.user, at: call.now, in: pass.scope)
        else { return .refused(AdmissionRefused(text: "The token is not good any more. Open the terminal again.")) }
        var admission = call.admission(entrance: .web, stage: .asked(tries: 0))
        admission.target = AdmittedTarget(account: pass.account, asset: pass.asset)
        if let objection = try await objection(to: user, admission, call, in: pass.scope) {
            return .refused(AdmissionRefused(text: objection))
        }
        admission.admit(user.id, at: call.now)
        let admitted = admission
        try await database.transaction(in: pass.scope) { transaction in
            try await transaction.execute(AdmissionStore.save(admitted, tenant: pass.scope.tenant))
            // What Identity let in, its own trail tells.
            try await AdmissionEvents.entered(admitted, user, database, at: call.now, in: pass.scope, transaction)
        }
        return try await welcome(user, admitted, in: pass.scope)
    }

    static let denied = AdmissionRefused(text: "Permission denied.")
    private static let anotherWay = AdmissionRefused(
        text: "This key opens nothing here.", methods: [.publicKey, .keyboardInteractive])
}
