import Cryptography
import FoundationEssentials
import GatewayContract
import Kernel
import Postgres

/// Gives a worker an access token against an assertion, which counts once.
struct GetAccessToken {
    let database: Database
    let tokens: AccessTokens

    func callAsFunction(_ assertion: PassedSecret, at now: Date) async throws -> AccessToken {
        do {
            return try await check(assertion, at: now)
        } catch is AssertionFault {
            // One answer for everything that can be wrong: who guesses learns nothing.
            throw HostingError.assertionRefused
        }
    }

    private func check(_ text: PassedSecret, at now: Date) async throws -> AccessToken {
        let scope = SystemScope(reason: "a worker's assertion")
        let unchecked = try UncheckedAssertion(text)
        let standing = try await database.first(
            WorkerStore.standing(unchecked.worker), in: scope, { try WorkerStanding(&$0) })
        guard let standing, standing.state.isServed else { throw HostingError.assertionRefused }
        let assertion = try unchecked.checked(keys: standing.signingKeys(at: now), now: now)
        guard try await database.execute(WorkerStore.use(assertion), in: scope) == 1 else {
            throw HostingError.assertionRefused
        }
        return try tokens.token(for: assertion.worker, at: now)
    }
}
