import Cryptography
import FoundationEssentials
import Kernel

/// A sign-in that waits for the answer to a question of a provider, before the provider has said who this is. Pure; the
/// store keeps it between two requests.
///
/// An answer is taken once: the row is gone before the provider sees it, so that answers at the same time are one answer.
struct ProviderChallenge: Sendable, Equatable {
    static let lifetime: TimeInterval = 5 * 60
    /// Questions of one sign-in. A wrong answer may be followed by another question, so this bounds guesses too.
    static let mostRounds = 5

    let provider: IdentityProviderID
    let login: Login
    /// Whose account has the login, if anybody's; every answer is counted there.
    let user: UserID?
    let round: Int
    let expiresAt: Date
    /// Who showed the first step, where this is the second and nothing else keeps it.
    let after: IdentityProviderID?

    init(
        provider: IdentityProviderID, login: Login, user: UserID?, round: Int, expiresAt: Date,
        after: IdentityProviderID? = nil
    ) {
        self.after = after
        self.provider = provider
        self.login = login
        self.user = user
        self.round = round
        self.expiresAt = expiresAt
    }

    /// The question that came in place of an answer to the password.
    init(
        first provider: IdentityProviderID, _ login: Login, user: UserID?, after: IdentityProviderID? = nil,
        at now: Date
    ) {
        self.init(
            provider: provider, login: login, user: user, round: 1, expiresAt: now + Self.lifetime, after: after)
    }

    /// The next question of the same sign-in, which lasts no longer for it; nil if there were enough.
    func next() -> ProviderChallenge? {
        guard round < Self.mostRounds else { return nil }
        return ProviderChallenge(
            provider: provider, login: login, user: user, round: round + 1, expiresAt: expiresAt, after: after)
    }

    func admitsAnswer(at now: Date) -> Bool { now < expiresAt }
}

/// A challenge with the question that belongs to it, before it is kept.
struct PendingChallenge: Sendable {
    let challenge: ProviderChallenge
    let question: ProviderQuestion
    /// Whether the answer will stand for the second factor here.
    let isSecondFactor: Bool
}

/// What a sign-in that waits for an answer is found by. The two kinds never meet, whatever somebody sends as a token.
struct ChallengeKey: Sendable {
    let hash: [UInt8]

    /// For somebody at a browser or a terminal, who carries the token.
    init(token: String) {
        hash = RandomToken.hash(of: "token " + token).bytes
    }

    /// For the second factor in one sign-in, one session or one way in at a gateway: by its id, which is no secret, and
    /// which nobody names but the one who has found it by a secret.
    init(factorOf attempt: String) {
        hash = RandomToken.hash(of: "factor " + attempt).bytes
    }

    /// For the second factor of somebody at a terminal, who carries the token. An id in its place finds nothing.
    init(factorToken token: String) {
        hash = RandomToken.hash(of: "factor-token " + token).bytes
    }

    /// For a connection to a gateway, which the one admission of it names; nobody else may continue that.
    init(conversation: String) {
        hash = RandomToken.hash(of: "conversation " + conversation).bytes
    }
}
