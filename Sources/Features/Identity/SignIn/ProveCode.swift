import Cryptography
import FoundationEssentials
import Kernel
import Postgres
import Tenancy

/// Whether a code is right: the authenticator's, one that was sent, or a recovery code where those count. One way for
/// everybody.
///
/// A wrong code counts against the account as a wrong password does.
struct ProveCode {
    enum Proof: Equatable {
        case authenticator
        /// One that was sent.
        case sent(CodeChannel)
        case recovery(left: Int)
        case wrong(nowLocked: Bool)

        /// What was shown. A wrong code shows nothing, and is asked about by nobody.
        var factor: ProvenFactor {
            switch self {
            case .sent(let channel): channel.proof
            case .recovery: .recovery
            case .authenticator, .wrong: .authenticator
            }
        }
    }

    let database: Database
    let keys: TenantKeys
    let lockout: Lockout

    func callAsFunction(
        _ code: String, of user: UserID, allowRecovery: Bool, from address: String?, at now: Date,
        in scope: TenantScope
    ) async throws -> Proof {
        // Opened before the transaction: a connection is never held while another one is waited for.
        let factor = try await SecondFactorStore.find(user, in: scope, database)
        let secret = try await open(factor, of: user, in: scope)
        let sent = try await FindCodes(database: database, keys: keys)(of: user, at: now, in: scope)
        let attempt = try await lockout.attempt(of: user, from: address, at: now, in: scope) { account, tx -> Proof? in
            let asked = account.standing.asked
            if let factor, let secret, asked.contains(.authenticator),
                let step = TOTP.verify(code: Self.digits(code), secret: secret, at: now, lastStep: factor.lastStep),
                try await SecondFactorStore.use(step: step, of: factor.sealed, user, in: scope, tx)
            {
                return .authenticator
            }
            for one in sent where one.matches(code) && asked.contains(one.channel.factor) {
                if try await SentCodeStore.use(one, of: user, isProof: true, at: now, in: scope, tx) != nil {
                    return .sent(one.channel)
                }
            }
            if allowRecovery, let recovery = RecoveryCode(code),
                try await SecondFactorStore.use(recovery, of: user, at: now, in: scope, tx)
            {
                let left = try await SecondFactorStore.recoveryCodesLeft(user, in: scope, tx)
                try await IdentityEvent.recoveryCodeUsed.publish(
                    user.text, ["left": .int(Int64(left))], at: now, in: scope, tx)
                return .recovery(left: left)
            }
            try await SentCodeStore.countWrong(of: user, in: scope, tx)
            return nil
        }
        return switch attempt {
        case .right(let proof): proof
        case .wrong(let nowLocked): .wrong(nowLocked: nowLocked)
        }
    }

    private func open(_ factor: StoredFactor?, of user: UserID, in scope: TenantScope) async throws -> [UInt8]? {
        guard let factor, factor.confirmedAt != nil else { return nil }
        return try await keys.open(
            factor.sealed, table: SecondFactorStore.table, row: user.text, version: 1, in: scope)
    }

    /// Authenticator apps show `123 456`.
    static func digits(_ code: String) -> String { code.filter { $0 != " " } }

    /// Of two codes, one of which was typed.
    static func isSame(_ code: String, _ typed: String) -> Bool { ConstantTime.equals(code, digits(typed)) }
}
