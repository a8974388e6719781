import Cryptography
import FoundationEssentials
import GatewayContract

/// The worker's access token, asked for by a signed assertion and renewed well before it ends. Many requests that need one
/// at the same time wait for the same answer.
actor TokenSource {
    private let api: ControlPlaneAPI
    private let identity: IdentityStore
    private var current: (token: String, until: ContinuousClock.Instant)?
    private var waiting: [CheckedContinuation<Result<String, ControlPlaneError>, Never>] = []
    private var isAsking = false

    init(api: ControlPlaneAPI, identity: IdentityStore) {
        self.api = api
        self.identity = identity
    }

    func token() async throws(ControlPlaneError) -> String {
        if let current, current.until > .now { return current.token }
        if isAsking {
            return try await withCheckedContinuation { waiting.append($0) }.get()
        }
        isAsking = true
        let result: Result<String, ControlPlaneError>
        do throws(ControlPlaneError) {
            result = .success(try await ask())
        } catch {
            result = .failure(error)
        }
        isAsking = false
        for continuation in waiting { continuation.resume(returning: result) }
        waiting = []
        return try result.get()
    }

    /// The server does not take the token any more.
    func forget() {
        current = nil
    }

    private func ask() async throws(ControlPlaneError) -> String {
        let identity = identity.current
        let assertion: PassedSecret
        do {
            assertion = try WorkerAssertion(worker: identity.worker, issuedAt: Date(), id: UUID().uuidString)
                .signed { try identity.signingKey.sign($0) }
        } catch {
            throw .malformed("the worker's own key does not sign")
        }
        let answer: AccessToken = try await api.post("tokens", TokenRequest(assertion: assertion))
        let lifetime = Double(answer.expiresInSeconds)
        current = (answer.accessToken.reveal(), .now + .seconds(lifetime * 0.8))
        return answer.accessToken.reveal()
    }
}
