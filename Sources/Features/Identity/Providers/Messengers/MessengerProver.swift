import FoundationEssentials
import Kernel
import Outbound

/// Proves somebody by a messenger: the browser brings a code, and the messenger says whose it is.
struct MessengerProver: BrowserProver {
    let messenger: any Messenger
    let settings: MessengerSettings
    let secret: String
    let provider: IdentityProviderID
    let web: ProviderWeb
    let opened: Set<HostPort>
    /// What rules go by.
    let wants: MessengerWants
    let now: Date
    let scope: TenantScope

    /// More questions than any messenger takes.
    private static let mostTurns = 5
    /// What messengers say of an app's token that has ended before its time.
    private static let stale: Set<Int64> = [40001, 40014, 42001, 99_991_663, 99_991_664, 99_991_671]
    /// So many questions about one person, with departments one above the other; and for so long.
    private static let mostQuestions = 40
    private static let patience = Duration.seconds(6)
    /// Some say no to a question with the status of an error, and why in the same words as ever.
    private static let spoken: Set<Int> = [200, 400, 401, 403]

    func address(of attempt: BrowserAttempt) async throws -> String {
        let address = messenger.address(of: attempt)
        _ = try OutboundURL.visited(address, opened: opened, .authorization)
        return address
    }

    func prove(_ answer: BrowserAnswer, of attempt: BrowserAttempt) async throws -> BrowserTrial {
        try await BrowserTrial.of(answer) { steps throws in
            var request = messenger.begin(with: try answer.requiredCode, of: attempt)
            steps.append(ProviderStep(.authorization, .passed, ""))
            for _ in 0..<Self.mostTurns {
                let start = ContinuousClock.now
                let turn = try request.read(try await ask(request, &steps))
                steps.append(.passed(request.step, "", since: start))
                switch turn {
                case .ask(let next): request = next
                case .found(let person):
                    // Whoever is not of the company is nobody to ask about.
                    _ = try settings.profile(of: person)
                    let facts = try await learn(about: person, &steps)
                    return try settings.profile(of: person, facts, naming: wants.attributes)
                }
            }
            throw ProviderFault.noTurn(request.step)
        }
    }

    func farewell(
        to origin: String, from session: NamedSession?, _ hint: SignOutHint?
    ) async throws -> FarewellPlace? { nil }

    /// Whether the app is known there.
    func tryOut() async throws -> [ProviderStep] {
        let start = ContinuousClock.now
        do {
            _ = try await fetchToken()
            return [.passed(.application, "", since: start)]
        } catch let fault as ProviderFault {
            return [ProviderStep(fault.step, .failed, fault.text)]
        }
    }

    /// What rules need to know. Whatever the messenger does not say, or does not let the app see, gives nothing and takes
    /// nothing: the person comes in with what they had by it.
    private func learn(about person: MessengerPerson, _ steps: inout [ProviderStep]) async throws -> MessengerFacts {
        var facts = MessengerFacts(claims: person.claims)
        guard !wants.isNothing else { return facts }
        let start = ContinuousClock.now
        var (questions, asked) = (messenger.questions(about: person, wants)[...], 0)
        var failures: [ProviderStep] = []
        while let question = questions.popFirst() {
            guard asked < Self.mostQuestions, ContinuousClock.now - start < Self.patience else {
                failures.append(ProviderStep(question.request.step, .failed, "there is more than can be asked"))
                facts.unsaid.formUnion(question.facts)
                break
            }
            asked += 1
            do {
                questions += try question.take(try await inquire(question.request), &facts)
            } catch let fault as ProviderFault {
                failures.append(ProviderStep(fault.step, .failed, fault.text))
                facts.unsaid.formUnion(question.facts)
                // One that does not answer would not answer the next question either.
                if !fault.isLie { break }
            }
        }
        for question in questions { facts.unsaid.formUnion(question.facts) }
        for step in [ProviderStep.Name.attributes, .groups] {
            if let failure = failures.first(where: { $0.name == step }) {
                steps.append(failure)
            } else if step == .attributes {
                steps.append(.passed(step, "", since: start))
            } else if !wants.groups.isEmpty {
                steps.append(.passed(step, "\(facts.groups.count)", since: start))
            }
        }
        if let other = failures.first(where: { $0.name != .attributes && $0.name != .groups }) { steps.append(other) }
        return facts
    }

    private func ask(_ request: MessengerRequest, _ steps: inout [ProviderStep]) async throws -> JSON {
        guard request.appToken != nil else { return try await send(request) }
        let start = ContinuousClock.now
        let token = try await token()
        steps.append(.passed(.application, "", since: start))
        return try await send(request, byApp: token)
    }

    private func inquire(_ request: MessengerRequest) async throws -> JSON {
        try await send(request, byApp: try await token(), accepting: Self.spoken)
    }

    /// With the app's token, or once more with another one if the messenger has ended it early.
    private func send(
        _ request: MessengerRequest, byApp token: String, accepting statuses: Set<Int> = [200]
    ) async throws -> JSON {
        let answer = try await send(request, with: token, accepting: statuses)
        guard case .int(var code)? = answer["errcode"] ?? answer["code"] else { return answer }
        // DingTalk says no by one number, and why by another.
        if code == 88 { code = answer.word("sub_code").flatMap { Int64($0) } ?? code }
        guard Self.stale.contains(code) else { return answer }
        return try await send(request, with: try await self.token(unless: token), accepting: statuses)
    }

    private func token(unless stale: String? = nil) async throws -> String {
        let place = AppPlace(settings, secret: secret, provider: provider, in: scope)
        return try await web.appTokens.token(of: place, unless: stale, at: now) { try await fetchToken() }
    }

    private func fetchToken() async throws -> AppToken {
        try messenger.token(in: try await send(messenger.application()))
    }

    private func send(
        _ request: MessengerRequest, with token: String? = nil, accepting statuses: Set<Int> = [200]
    ) async throws -> JSON {
        var query = request.query
        if let token, request.appToken == .query { query.insert((name: "access_token", value: token), at: 0) }
        let text = query.isEmpty ? request.url : FormText.adding(query, to: request.url)
        let url = try OutboundURL.visited(text, opened: opened, request.step)
        var sent = OutboundRequest(request.body == nil ? .get : .post, url, opened: opened)
        for (name, value) in request.headers { sent.headers[name] = value }
        if let token, request.appToken == .header {
            sent.headers["Authorization"] = "Bearer \(try CodeGrant.bearer(token))"
        }
        if let body = request.body {
            sent.headers["Content-Type"] = "application/json; charset=utf-8"
            sent.body = body.bytes
        }
        return try await web.object(sent, for: request.step, of: provider, accepting: statuses, in: scope)
    }
}
