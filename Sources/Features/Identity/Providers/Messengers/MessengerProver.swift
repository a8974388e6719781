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
    let now: Date
    let scope: TenantScope

    /// More questions than any messenger takes.
    private static let mostTurns = 5
    /// What messengers say of an app's token that has ended before its time.
    private static let stale: Set<Int64> = [40001, 40014, 42001]

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
                case .found(let person): return try settings.profile(of: person)
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

    private func ask(_ request: MessengerRequest, _ steps: inout [ProviderStep]) async throws -> JSON {
        guard request.needsAppToken else { return try await send(request) }
        let start = ContinuousClock.now
        let token = try await token()
        steps.append(.passed(.application, "", since: start))
        let answer = try await send(request, with: token)
        guard case .int(let code)? = answer["errcode"], Self.stale.contains(code) else { return answer }
        return try await send(request, with: try await self.token(unless: token))
    }

    private func token(unless stale: String? = nil) async throws -> String {
        let place = AppPlace(settings, secret: secret, provider: provider, in: scope)
        return try await web.appTokens.token(of: place, unless: stale, at: now) { try await fetchToken() }
    }

    private func fetchToken() async throws -> AppToken {
        try messenger.token(in: try await send(messenger.application()))
    }

    private func send(_ request: MessengerRequest, with token: String? = nil) async throws -> JSON {
        var query = request.query
        if let token { query.insert((name: "access_token", value: token), at: 0) }
        let text = query.isEmpty ? request.url : FormText.adding(query, to: request.url)
        let url = try OutboundURL.visited(text, opened: opened, request.step)
        var sent = OutboundRequest(request.body == nil ? .get : .post, url, opened: opened)
        for (name, value) in request.headers { sent.headers[name] = value }
        if let body = request.body {
            sent.headers["Content-Type"] = "application/json; charset=utf-8"
            sent.body = body.bytes
        }
        return try await web.object(sent, for: request.step, of: provider, in: scope)
    }
}
