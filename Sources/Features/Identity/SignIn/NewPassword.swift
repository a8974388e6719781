import Cryptography
import Kernel
import Postgres
import Tenancy

/// What a tenant asks of new passwords. A person's organization may ask for more.
struct PasswordRules: Sendable {
    let demand: PasswordDemand
    /// How many of a person's last passwords a new one must not be.
    let remembered: Int
    let breached: BreachedPasswords
}

extension Identity {
    func passwordRules(in scope: TenantScope) async throws -> PasswordRules {
        PasswordRules(
            demand: try await passwordDemand(in: scope),
            remembered: try await tenants.value(of: Setting.passwordHistory, in: scope),
            breached: settings.breached)
    }

    func passwordDemand(in scope: TenantScope) async throws -> PasswordDemand {
        PasswordDemand(
            length: try await tenants.value(of: Setting.passwordLength, in: scope),
            kinds: try await tenants.value(of: Setting.passwordKinds, in: scope))
    }
}

/// Checks and hashes a new password.
struct NewPassword {
    let database: Database
    let hasher: PasswordHasher
    let rules: PasswordRules

    func callAsFunction(_ password: Secret, of user: UserID, in scope: TenantScope) async throws -> String {
        let words = try await AccountStore.words(about: user, in: scope, database)
        let past = try await PasswordHistoryStore.find(user, in: scope, database)
        let demand = past.map { rules.demand.raised($0.said) } ?? rules.demand
        let remembered = Setting.passwordHistory.value(of: rules.remembered, unless: past?.remembered)
        try Self.check(password, words: words, demand, breached: rules.breached)
        do {
            // In the company's turn, as at a sign-in: its changes keep nobody else's passwords waiting.
            return try await hasher.inTurn(of: scope.tenant) {
                if try await isOneOf(past?.hashes ?? [], remembered, password) {
                    throw IdentityError.weakPassword(
                        remembered == 1 ? "must be a new one" : "must be none of the last \(remembered)")
                }
                return try await hasher.hash(password.reveal())
            }
        } catch is BlockingPool.Busy {
            throw IdentityError.busy
        }
    }

    /// Compares with as many hashes as are remembered, whatever there is and whichever is the one: the time tells nothing
    /// of somebody's passwords.
    private func isOneOf(_ hashes: [String], _ remembered: Int, _ password: Secret) async throws -> Bool {
        var isKnown = false
        for index in 0..<remembered {
            let known = index < hashes.count ? hashes[index] : nil
            if try await hasher.verify(password.reveal(), againstKnown: known) { isKnown = true }
        }
        return isKnown
    }

    static func check(
        _ password: Secret, words: [String], _ demand: PasswordDemand, breached: BreachedPasswords
    ) throws(IdentityError) {
        do throws(Invalid) {
            try PasswordPolicy.check(
                password.reveal(), words: words, shortest: demand.length, kinds: demand.kinds, breached: breached)
        } catch {
            throw .weakPassword(error.message)
        }
    }
}
