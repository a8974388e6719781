import Cryptography
import FoundationEssentials
import Kernel
import Postgres

/// The rows of the installation's keys, each wrapped by a key at the top.
struct InstallationKeyStore {
    enum Purpose: String, SQLBindable, SQLDecodable {
        case grants = "session-grants"
        case tokens = "worker-tokens"
        case erasures = "erasure-proofs"
        case operators = "operator-factors"
        /// From which keys are derived that are never stored.
        case root = "derived"
    }

    let database: Database
    let masters: MasterKeys
    private var scope: SystemScope { SystemScope(reason: "keys of the installation") }

    /// The newest key for a purpose; a new one if there is none. What is asked of the key at the top is asked outside of
    /// the transaction.
    func key(for purpose: Purpose) async throws -> SecretBytes {
        if let stored = try await newest(purpose) { return try await open(stored, purpose) }
        let fresh = SigningKey()
        let id = InstallationKeyID.new()
        let seed = fresh.reveal().reveal()
        let wrapped = try await masters.wrap(seed, associated: Self.associated(purpose, id))
        try await database.transaction(in: scope) { transaction in
            // Held to the end: whoever comes second finds what the first one made.
            try await transaction.execute(
                "select pg_advisory_xact_lock(hashtext(\("installation-key/" + purpose.rawValue)))")
            try await transaction.execute(
                """
                insert into installation_keys (purpose, key_id, master_key_id, public_key, wrapped)
                select \(purpose), \(id)::uuid, \(wrapped.key), \(fresh.verifyingKey.bytes)::bytea, \(wrapped.bytes)::bytea
                where not exists (select from installation_keys where purpose = \(purpose))
                """)
        }
        guard let stored = try await newest(purpose) else { throw KeyProviderError.opening }
        return try await open(stored, purpose)
    }

    /// Puts keys that another key at the top wraps under the current one, and tells how many there were.
    func rewrap() async throws -> Int {
        let current = try await masters.current.current()
        let rows = try await database.query(
            "select purpose, key_id, master_key_id, wrapped from installation_keys where master_key_id <> \(current)",
            in: scope
        ) { (try $0.next(Purpose.self), Stored(id: try $0.next(), master: try $0.next(), wrapped: try $0.next())) }
        for (purpose, row) in rows {
            let seed = try await open(row, purpose)
            let wrapped = try await masters.wrap(seed.reveal(), associated: Self.associated(purpose, row.id))
            try await database.execute(
                """
                update installation_keys set master_key_id = \(wrapped.key), wrapped = \(wrapped.bytes)
                where purpose = \(purpose) and key_id = \(row.id) and wrapped = \(row.wrapped)
                """, in: scope)
        }
        return rows.count
    }

    /// How many keys each key at the top wraps.
    func standing() async throws -> [(key: String, count: Int)] {
        try await database.query(
            "select master_key_id, count(*) from installation_keys group by master_key_id", in: scope
        ) { (key: try $0.next(String.self), count: try $0.next(Int.self)) }
    }

    private struct Stored {
        let id: InstallationKeyID
        let master: String
        let wrapped: [UInt8]
    }

    private func newest(_ purpose: Purpose) async throws -> Stored? {
        try await database.first(
            """
            select key_id, master_key_id, wrapped from installation_keys where purpose = \(purpose)
            order by created_at desc limit 1
            """, in: scope
        ) { Stored(id: try $0.next(), master: try $0.next(), wrapped: try $0.next()) }
    }

    private func open(_ row: Stored, _ purpose: Purpose) async throws -> SecretBytes {
        SecretBytes(
            try await masters.unwrap(
                Wrapped(key: row.master, bytes: row.wrapped), associated: Self.associated(purpose, row.id)))
    }

    private static func associated(_ purpose: Purpose, _ id: InstallationKeyID) -> [UInt8] {
        MasterKeys.binding("gatehouse installation key 1", purpose.rawValue, id.text)
    }
}
