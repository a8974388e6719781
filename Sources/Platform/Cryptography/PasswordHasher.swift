import CSodium
import Glibc
package import Kernel

/// Password hashes with argon2id, on threads of their own and with an end to the queue.
///
/// One hash costs about 8 ms of a core, and 19 MiB that its thread keeps. All cores may hash; while others are at work, half
/// of them, and only when they have nothing else to do; and a third of that time while people are turned away besides. A login
/// flood waits in turns of the tenants, or gets `BlockingPool.Busy` (an HTTP 429).
package final class PasswordHasher: Sendable {
    private let cost: Argon2Cost
    private let pool: BlockingPool
    private let turns: FairAdmission<TenantID>
    /// A hash of nothing anybody can type: verifying against it makes an unknown name cost what a known one costs.
    private let nobody: String

    package static let cores = min(max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))), 64)

    /// `waiting` sign-ins may wait for each thread, and `lookUps` of those whose turn it is are looked up meanwhile, which
    /// takes a connection of the database each.
    package init(
        cost: Argon2Cost = .standard, threads: Int = PasswordHasher.cores, waiting: Int = 16, lookUps: Int = 2,
        areOthersAtWork: @escaping @Sendable () -> Bool = { false }
    ) throws {
        self.cost = cost
        let places = threads + max(1, lookUps)
        let turns = FairAdmission<TenantID>(
            places: places, placesBesideOthers: places / 2, mostWaiting: threads * waiting)
        self.turns = turns
        let courtesy = BlockingPool.Courtesy(
            threadsBesideOthers: max(1, threads / 2), rest: 2, areOthersAtWork: areOthersAtWork,
            isOverrun: { turns.isOverrun }, giveWay: hash_thread_gives_way, standBack: hash_thread_stands_back)
        pool = BlockingPool(threads: threads, waiting: threads * waiting, courtesy: courtesy)
        nobody = try Argon2.encodedHash(of: SecureRandom.bytes(32), cost: cost)
    }

    /// Whether `inTurn` would take somebody now: who comes while a tenant's line is full need not be looked at.
    package func hasRoom(for tenant: TenantID) -> Bool { turns.hasRoom(in: tenant) }

    /// Looks somebody up and their password over when it is the tenant's turn. Until then nothing is done for them: who
    /// waits holds no thread, and no connection of the database. Throws `BlockingPool.Busy` when too many wait.
    package func inTurn<Value>(of tenant: TenantID, _ work: () async throws -> Value) async throws -> Value {
        guard let value = try await turns.serve(tenant, work) else { throw BlockingPool.Busy() }
        return value
    }

    /// The hash in its PHC string form (`$argon2id$v=19$…`), with a fresh salt.
    package func hash(_ password: String) async throws -> String {
        let bytes = try Self.bytes(of: password)
        return try await pool.run { [cost] in try bytes.withBytes { try Argon2.encodedHash(of: $0, cost: cost) } }
    }

    /// Whether the password belongs to the hash.
    package func verify(_ password: String, against hash: String) async throws -> Bool {
        let stored = try Argon2Hash(parsing: hash)
        let bytes = try Self.bytes(of: password)
        return try await pool.run { try bytes.withBytes { try Argon2.verify($0, against: stored) } }
    }

    /// Whether the password belongs to the hash. Without one it takes as long, and says no: for names that nobody has.
    package func verify(_ password: String, againstKnown hash: String?) async throws -> Bool {
        do {
            return try await verify(password, against: hash ?? nobody) && hash != nil
        } catch PasswordError.length {
            return false
        }
    }

    /// Whether the hash was made with another cost than today's: hash again at the next sign-in.
    package func needsRehash(_ hash: String) -> Bool {
        guard let stored = try? Argon2Hash(parsing: hash) else { return true }
        return stored.cost != cost
    }

    private static func bytes(of password: String) throws(PasswordError) -> SecretBytes {
        guard 1...1024 ~= password.utf8.count else { throw .length }
        return SecretBytes(password.utf8)
    }
}

/// What can be wrong with a password or its hash, apart from not matching.
package enum PasswordError: Error, Equatable {
    /// Empty, or more than 1024 bytes.
    case length
    /// The stored hash is no argon2id string, or asks for an absurd cost.
    case malformedHash
    /// There was no memory, or what else the error number says. It tells nothing of the password.
    case failed(code: Int32)
}
