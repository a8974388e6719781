import Cryptography
import Identity
import Kernel
import Postgres

/// The hash of a password that an operator chooses, if it is good enough.
struct NewOperatorPassword {
    static let shortest = 12

    let database: Database
    let hasher: PasswordHasher
    let breached: BreachedPasswords

    func callAsFunction(_ password: Secret, of id: ProviderOperatorID) async throws -> String {
        let person = try await OperatorStore.find(id, in: ProviderScope(), database)
        do throws(Invalid) {
            try PasswordPolicy.check(
                password.reveal(), words: [person?.login ?? "", person?.name ?? "", person?.email ?? ""],
                shortest: Self.shortest, breached: breached)
        } catch {
            throw IdentityError.weakPassword(error.message)
        }
        do {
            return try await hasher.hash(password.reveal())
        } catch is BlockingPool.Busy {
            throw IdentityError.busy
        }
    }
}
