import FoundationEssentials
import Kernel
import Outbound
import RADIUS

/// Proves a password by a RADIUS server, and hands on the question that it may have instead of an answer.
struct RADIUSProver: QuestionProver {
    let settings: RADIUSSettings
    let secret: RADIUSSecret
    /// Over UDP nil.
    let radSec: RadSec?
    let client: RADIUSClient
    let egress: EgressPolicy
    /// Whose servers they are, so that one tenant's cannot take all conversations.
    let party: String
    /// Where the person is, for the server's own rules.
    let address: String?
    /// The attributes of an answer that rules name.
    var naming: [String] = []

    func prove(_ login: Login, _ password: Secret?) async throws -> ProviderTrial {
        guard let password else { return try await look(login) }
        let bytes = Array(password.reveal().utf8)
        let proof: RADIUSRequest.Proof =
            switch settings.protocol {
            case .pap: .pap(bytes)
            case .chap: .chap(bytes)
            case .mschap: .mschap(password.reveal())
            }
        return try await ask(settings.all(over: radSec), login, proof, .password)
    }

    func answer(_ question: ProviderQuestion, _ login: Login, _ answer: Secret) async throws -> ProviderTrial {
        // The server that asked is the one that knows what it asked.
        guard let servers = settings.only(question.server, over: radSec) else {
            return ProviderTrial(answer: .unavailable, steps: [])
        }
        return try await ask(servers, login, .answer(Array(answer.reveal().utf8), state: question.state), .challenge)
    }

    /// The first word of a second factor, which may be none.
    func begin(_ login: Login, _ answer: String) async throws -> ProviderTrial {
        let bytes = Array(answer.utf8)
        guard bytes.isEmpty else { return try await ask(settings.all(over: radSec), login, .pap(bytes), .challenge) }
        return try await ask(settings.oneByOne(over: radSec), login, .nothing, .challenge)
    }

    private func ask(
        _ servers: RADIUSClient.Servers, _ login: Login, _ proof: RADIUSRequest.Proof, _ step: ProviderStep.Name
    ) async throws -> ProviderTrial {
        func request() -> RADIUSRequest? {
            RADIUSRequest(
                login: login.text, proof, nasIdentifier: settings.nasIdentifier, callingStation: address,
                secret: secret)
        }
        // What the protocol has no room for is nobody's password.
        guard let first = request() else {
            return ProviderTrial(
                answer: .rejected(subject: login.text),
                steps: [ProviderStep(step, .failed, "a password has 1 to 128 bytes here, and no zero among them")])
        }
        let outcome: RADIUSClient.Outcome
        do {
            outcome = try await client.ask(servers, for: party, egress: egress) { request() ?? first }
        } catch RADIUSError.noServer(let attempts) {
            return ProviderTrial(
                answer: .unavailable, steps: Self.steps(of: attempts),
                mayHaveBeenHeard: RADIUSError.noServer(attempts).mayHaveBeenHeard)
        }
        var steps = Self.steps(of: outcome.attempts)
        switch outcome.answer {
        case .accepted(let words):
            steps.append(ProviderStep(step, .passed, ""))
            return ProviderTrial(answer: .right(profile(login, words, &steps)), steps: steps)
        case .rejected(let words):
            steps.append(ProviderStep(step, .failed, words.message.isEmpty ? "rejected" : "rejected: \(words.message)"))
            return ProviderTrial(answer: .rejected(subject: login.text), steps: steps)
        case .asked(let words, let state):
            // Who is asked again has not answered.
            let isAnswer = if case .answer = proof { true } else { false }
            steps.append(ProviderStep(step, isAnswer ? .failed : .passed, ""))
            steps.append(ProviderStep(.question, .passed, words.message))
            let question = ProviderQuestion(prompt: words.message, state: state, server: outcome.server)
            return ProviderTrial(answer: .asked(question), steps: steps)
        }
    }

    /// Without a password nothing can be learnt about anybody: only whether the server is there.
    private func look(_ login: Login) async throws -> ProviderTrial {
        do {
            let outcome = try await client.ask(settings.all(over: radSec), for: party, egress: egress) {
                RADIUSRequest(statusFor: settings.nasIdentifier, secret: secret)
            }
            var steps = Self.steps(of: outcome.attempts)
            steps.append(ProviderStep(.password, .skipped, ""))
            return ProviderTrial(answer: .right(profile(login, RADIUSWords([]), &steps)), steps: steps)
        } catch RADIUSError.noServer(let attempts) {
            return ProviderTrial(answer: .unavailable, steps: Self.steps(of: attempts))
        }
    }

    /// The attributes of an answer that rules may name.
    private static let attributes = ["filter-id": RADIUSAttribute.filterID, "class": RADIUSAttribute.class]

    /// A RADIUS server knows people by what they type, and by nothing else.
    private func profile(_ login: Login, _ words: RADIUSWords, _ steps: inout [ProviderStep]) -> ProviderProfile {
        var groups: [String] = []
        switch settings.groups {
        case .none: steps.append(ProviderStep(.groups, .skipped, ""))
        case .filterID: groups = words.texts(RADIUSAttribute.filterID)
        case .class: groups = words.texts(RADIUSAttribute.class)
        }
        if settings.groups != .none {
            steps.append(ProviderStep(.groups, .passed, groups.joined(separator: "; ")))
        }
        return ProviderProfile(
            subject: login.text, login: login.text, name: nil, email: nil, groups: groups,
            attributes: ProviderAttribute.named(naming) { name in
                Self.attributes[name.lowercased()].map(words.texts) ?? []
            })
    }

    private static func steps(of attempts: [RADIUSAttempt]) -> [ProviderStep] {
        attempts.map { attempt in
            ProviderStep(
                .connect, attempt.error == nil ? .passed : .failed,
                attempt.error.map { "\(attempt.server): \($0)" } ?? "\(attempt.server)",
                milliseconds: attempt.took.wholeMilliseconds)
        }
    }
}
