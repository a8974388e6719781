import Cryptography
import FoundationEssentials
import Kernel
import Postgres

/// For what a passkey was asked, and by whom: its answer counts nowhere else.
enum PasskeyPurpose: Equatable {
    /// Anybody at the sign-in page.
    case signIn
    case secondFactor(SignInID)
    case enrol(SignInID)
    case add(WebSessionID)
    case stepUp(WebSessionID)

    fileprivate var word: String {
        switch self {
        case .signIn: "sign-in"
        case .secondFactor: "second-factor"
        case .enrol: "enrol"
        case .add: "add"
        case .stepUp: "step-up"
        }
    }

    fileprivate var signIn: SignInID? {
        switch self {
        case .secondFactor(let id), .enrol(let id): id
        case .signIn, .add, .stepUp: nil
        }
    }

    fileprivate var session: WebSessionID? {
        switch self {
        case .add(let id), .stepUp(let id): id
        case .signIn, .secondFactor, .enrol: nil
        }
    }
}

/// The rows of questions that no passkey has answered yet.
enum PasskeyChallengeStore {
    static let lifetime: TimeInterval = 5 * 60

    /// A fresh challenge; in a sign-in or a session it takes the place of the one before.
    static func insert(
        for purpose: PasskeyPurpose, at now: Date, in scope: TenantScope, _ tx: Transaction
    ) async throws -> [UInt8] {
        let challenge = SecureRandom.bytes(32)
        try await tx.execute(
            """
            delete from passkey_challenges where tenant_id = \(scope.tenant)
              and (sign_in_id = \(purpose.signIn) or web_session_id = \(purpose.session))
            """)
        try await tx.execute(
            """
            insert into passkey_challenges
              (tenant_id, passkey_challenge_id, challenge_hash, purpose, sign_in_id, web_session_id, expires_at)
            values (\(scope.tenant), \(PasskeyChallengeID.new(at: now)), \(Hash256.of(challenge).bytes),
              \(purpose.word), \(purpose.signIn), \(purpose.session), \(now + lifetime))
            """)
        return challenge
    }

    /// Uses a challenge up, whatever comes of the answer; false if nobody asked it here, or too long ago.
    static func take(
        _ challenge: [UInt8], for purpose: PasskeyPurpose, at now: Date, in scope: TenantScope, _ database: Database
    ) async throws -> Bool {
        let expiry = try await database.first(
            """
            delete from passkey_challenges where tenant_id = \(scope.tenant)
              and challenge_hash = \(Hash256.of(challenge).bytes) and purpose = \(purpose.word)
              and sign_in_id is not distinct from \(purpose.signIn)
              and web_session_id is not distinct from \(purpose.session)
            returning expires_at
            """, in: scope
        ) { try $0.next(Date.self) }
        return expiry.map { now < $0 } ?? false
    }
}
