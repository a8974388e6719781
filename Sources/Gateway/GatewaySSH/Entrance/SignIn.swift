import GatewayContract
import GatewayCore
import Kernel
import SSH

/// The sign-in dialogue of one connection: relays each proof to the control plane and turns its answer into one for the
/// client. The worker decides nothing. Unknown names are asked the same questions as known ones, because the server asks.
struct SignIn {
    enum Step {
        /// The dialogue goes on.
        case goesOn
        case admitted(Admitted, LoginName)
        /// It cannot go on; the text says why.
        case failed(String)
    }

    private let controlPlane: ControlPlane
    private let room: SignInRoom
    private let tenant: String?
    private let clientAddress: String
    private let connection: String
    private var name: String?
    private var challenge: AdmissionChallenge?
    private var waiting: SignInWait?
    /// A refusal is on the client's screen; the answer to it is refused.
    private var isShowingRefusal = false
    /// Why a key that was right opened nothing, until the client asks something in which that can be shown.
    private var notice: String?

    private static let methods: AuthenticationRequest.Methods = [.publicKey, .keyboardInteractive]

    init(
        controlPlane: ControlPlane, room: SignInRoom, tenant: String?, clientAddress: String, connection: String
    ) {
        self.controlPlane = controlPlane
        self.room = room
        self.tenant = tenant
        self.clientAddress = clientAddress
        self.connection = connection
    }

    mutating func answer(_ request: AuthenticationRequest, on connection: SSHServerConnection) async -> Step {
        if let given = request.user {
            if let name, name != given { return .failed("the user name must not change while signing in") }
            name = given
        }
        guard let name, let login = LoginName(name, listenerOf: tenant) else {
            return .failed(
                "the user name must read tenant+user, or tenant+user+account+asset for a direct connection")
        }
        do {
            return try await answer(request, login, on: connection)
        } catch let error as ControlPlaneError {
            if case .busy = error { return .failed("too many people are signing in; try again in a moment") }
            return .failed("signing in is not possible at the moment: \(Texts.line("\(error)"))")
        } catch {
            return .failed("signing in is not possible at the moment")
        }
    }

    private mutating func answer(
        _ request: AuthenticationRequest, _ login: LoginName, on connection: SSHServerConnection
    ) async throws -> Step {
        switch request.method {
        case .none, .password, .other:
            request.refuse(try: Self.methods)
            return .goesOn
        case .publicKey where waiting != nil:
            // Who they are is shown. Another key would be another sign-in, about which somebody would be asked besides.
            request.refuse(try: .keyboardInteractive)
            return .goesOn
        case .publicKey(_, isSigned: false):
            // Whether the key is known stays unsaid until it is proved.
            request.invite()
            return .goesOn
        case .publicKey(let key, isSigned: true):
            let proof = PublicKeyProof(algorithm: key.algorithm, publicKey: Bytes(key.blob))
            return settle(try await admit(login, .publicKey(proof)), request, login, byKey: true)
        case .keyboardInteractive:
            if let challenge {
                // Whoever asks again, and never answers, waits like all others, and no longer.
                if waiting?.isGreeted == true { return try await wait(request, login, on: connection) }
                ask(challenge, request)
                return .goesOn
            }
            return settle(try await admit(login, .none(NoProof())), request, login, byKey: false)
        case .answers(let answers):
            guard let challenge, !isShowingRefusal else {
                isShowingRefusal = false
                request.refuse(try: Self.methods)
                return .goesOn
            }
            guard !challenge.prompts.isEmpty else { return try await wait(request, login, on: connection) }
            self.challenge = nil
            let proof = AnswersProof(answers: answers.prefix(8).map { PassedSecret(String($0.prefix(1024))) })
            let answer = try await admit(login, .answers(proof), continuing: challenge.admission)
            return settle(answer, request, login, byKey: false)
        }
    }

    /// Waits for the word of somebody else until the client has to be greeted. It holds nothing of the control plane, which is
    /// asked when there is news.
    private mutating func wait(
        _ request: AuthenticationRequest, _ login: LoginName, on connection: SSHServerConnection
    ) async throws -> Step {
        guard let waiting else { return .failed("this sign-in waits for nobody") }
        while connection.isOpen {
            switch waiting.turn {
            case .ask:
                let question = message(login, .waiting(WaitingProof()), continuing: waiting.admission)
                let answer = try await waiting.ask { [controlPlane] () async throws(ControlPlaneError) in
                    try await controlPlane.admit(question)
                }
                guard let answer else { continue }
                if case .challenge(let challenge) = answer, challenge.prompts.isEmpty {
                    waiting.pace.isOpen(at: .now)
                    continue
                }
                self.waiting = nil
                challenge = nil
                return settle(answer, request, login, byKey: false, hasWaited: true)
            case .greet:
                waiting.pace.greeted(at: .now)
                request.wait("", atMost: Self.patience)
                return .goesOn
            case .rest(let end): await waiting.rest(until: end, on: connection)
            case .giveUp: return .failed("Nobody has answered in time.")
            }
        }
        return .goesOn
    }

    /// The client has left: nobody has to answer for it any more.
    mutating func leave() async {
        waiting = nil
        guard let challenge, challenge.prompts.isEmpty, let name, let login = LoginName(name, listenerOf: tenant) else {
            return
        }
        // Also when many leave at once. One that does not get through is taken for gone a little later.
        _ = try? await room.waits.ask(for: login.tenant) {
            try await admit(login, .gone(GoneProof()), continuing: challenge.admission)
        }
    }

    private func admit(
        _ login: LoginName, _ proof: AdmissionProof, continuing admission: AdmissionID? = nil
    ) async throws(ControlPlaneError) -> AdmissionAnswer {
        try await controlPlane.admit(message(login, proof, continuing: admission))
    }

    private func message(
        _ login: LoginName, _ proof: AdmissionProof, continuing admission: AdmissionID?
    ) -> AdmissionRequest {
        AdmissionRequest(
            tenant: login.tenant, login: login.user, protocol: .ssh, clientAddress: clientAddress,
            connection: connection, proof: proof, admission: admission)
    }

    private mutating func settle(
        _ answer: AdmissionAnswer, _ request: AuthenticationRequest, _ login: LoginName, byKey: Bool,
        hasWaited: Bool = false
    ) -> Step {
        switch answer {
        case .admitted(let admitted):
            request.accept()
            return .admitted(admitted, login)
        case .challenge(let challenge):
            self.challenge = challenge
            if challenge.prompts.isEmpty {
                waiting = room.enter(challenge.admission, of: login.tenant)
                guard waiting != nil else { return .failed(SignInRoom.crowded) }
            }
            if byKey {
                // The key was right, and is not enough.
                request.acceptPartly(then: .keyboardInteractive)
            } else {
                ask(challenge, request)
            }
            return .goesOn
        case .refused(let refusal):
            // No other way would do either, and a client that came by key has no question in which to show why. One that
            // waited in vain would show its key again, and ask again for what was refused.
            if byKey || hasWaited, refusal.methods == nil, !refusal.text.isEmpty {
                return .failed(Texts.lines(refusal.text))
            }
            // Another key would not do either.
            if byKey, refusal.methods == [.keyboardInteractive], !refusal.text.isEmpty { notice = refusal.text }
            guard !byKey, !refusal.text.isEmpty else {
                request.refuse(try: Self.methods)
                return .goesOn
            }
            // A failure carries no text; a question without prompts does, and clients show it.
            isShowingRefusal = true
            request.ask(name: "", instruction: Texts.lines(refusal.text), [])
            return .goesOn
        }
    }

    /// Within this time a client answers a question without prompts, and is asked the next one.
    private static let patience = Duration.seconds(120)
    /// For as long the control plane lets somebody go on with a browser.
    private static let browsing = Duration.seconds(300)

    private mutating func ask(_ challenge: AdmissionChallenge, _ request: AuthenticationRequest) {
        let title = [notice, challenge.title].compactMap { $0 }.filter { !$0.isEmpty }.joined(separator: "\n")
        notice = nil
        if challenge.prompts.isEmpty {
            waiting?.isGreeted = true
            return request.wait(Texts.lines(title), atMost: Self.patience)
        }
        // One question that hides nothing is a key to press once something is done elsewhere.
        let isElsewhere = challenge.prompts.count == 1 && challenge.prompts[0].echo
        request.ask(
            name: "", instruction: Texts.lines(title),
            challenge.prompts.map { .init(Texts.line($0.text), echo: $0.echo) },
            within: isElsewhere ? Self.browsing : nil)
    }
}
