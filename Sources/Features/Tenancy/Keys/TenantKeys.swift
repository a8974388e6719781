package import Cryptography
package import FoundationEssentials
package import Kernel
package import Postgres
import Synchronization

/// The keys of tenants, for every feature that keeps a secret: seal, open, sign.
///
/// Keys in the clear are remembered for a minute; a value under a key that is not remembered makes it look again. So a
/// node that has not yet heard of a rotation goes on sealing with the key before, which still opens everywhere.
package final class TenantKeys: Sendable {
    private struct Entry {
        let chain: TenantKeyChain
        let until: ContinuousClock.Instant
    }

    let store: TenantKeyStore
    let tops: TopKeys
    private let lifetime: Duration
    private let capacity: Int
    private let remembered = Mutex<[TenantID: Entry]>([:])

    /// `open` makes a provider of a tenant's own key; without it no tenant can bring one.
    package init(
        database: Database, masters: MasterKeys, lifetime: Duration = .seconds(60), capacity: Int = 1_000,
        open: (@Sendable (OwnKey, Secret, TenantScope) -> any KeyProvider)? = nil
    ) {
        store = TenantKeyStore(database: database)
        tops = TopKeys(database: database, masters: masters, open: open)
        self.lifetime = lifetime
        self.capacity = capacity
    }

    package convenience init(
        database: Database, master: MasterKey, lifetime: Duration = .seconds(60), capacity: Int = 1_000
    ) {
        self.init(database: database, masters: MasterKeys(master), lifetime: lifetime, capacity: capacity)
    }

    /// Seals a value for one place: it opens there and nowhere else.
    package func seal(
        _ bytes: [UInt8], table: String, row: String, version: Int, in scope: TenantScope
    ) async throws -> SealedValue {
        try await chain(in: scope).seal(bytes, table: table, row: row, version: version)
    }

    /// Opens a value that was sealed for this place.
    package func open(
        _ sealed: [UInt8], table: String, row: String, version: Int, in scope: TenantScope
    ) async throws -> [UInt8] {
        let id = try Envelope.keyID(of: sealed)
        var chain = try await chain(in: scope)
        if !chain.all.contains(where: { $0.id == id }) { chain = try await load(in: scope) }
        return try chain.open(sealed, table: table, row: row, version: version)
    }

    /// The key that seals what is new.
    package func current(in scope: TenantScope) async throws -> TenantKey {
        try await chain(in: scope).current
    }

    /// A key by its id, such as the one that wraps the key of an old recording.
    package func key(_ id: TenantKeyID, in scope: TenantScope) async throws -> TenantKey {
        if let key = try await chain(in: scope).all.first(where: { $0.id == id }) { return key }
        guard let key = try await load(in: scope).all.first(where: { $0.id == id }) else { throw SealError.unknownKey }
        return key
    }

    /// All keys of a tenant, as they were a minute ago at most.
    package func chain(in scope: TenantScope) async throws -> TenantKeyChain {
        let entry = remembered.withLock { $0[scope.tenant] }
        if let entry, ContinuousClock.now < entry.until { return entry.chain }
        return try await load(in: scope)
    }

    /// All keys of a tenant, as they are now.
    package func load(in scope: TenantScope) async throws -> TenantKeyChain {
        let keys = try await unwrapped(try await store.keys(in: scope), in: scope)
        guard let current = keys.first else { throw SealError.unknownKey }
        let chain = TenantKeyChain(current: current, all: keys)
        remembered.withLock { entries in
            if entries.count >= capacity { entries.removeAll(keepingCapacity: true) }
            entries[scope.tenant] = Entry(chain: chain, until: ContinuousClock.now + lifetime)
        }
        return chain
    }

    /// Forgets all keys; whoever needs one reads it again.
    package func forgetAll() {
        remembered.withLock { $0.removeAll(keepingCapacity: true) }
    }

    /// Keys in the clear, in their order: one question to each key at the top that wraps any of them. `candidate` is asked
    /// for what it knows: a tenant that gives a new token for its key cannot use the old one any more.
    func unwrapped(
        _ rows: [WrappedTenantKey], candidate: (any KeyProvider)? = nil, in scope: TenantScope
    ) async throws -> [TenantKey] {
        var opened: [TenantKeyID: TenantKey] = [:]
        do {
            for (top, rows) in Dictionary(grouping: rows, by: \.master) {
                let provider: any KeyProvider
                if let candidate, candidate.knows(top) {
                    provider = candidate
                } else {
                    provider = try await tops.provider(of: top, in: scope)
                }
                for key in try await TenantKey.unwrap(rows, with: provider) { opened[key.id] = key }
            }
        } catch let error as KeyProviderError {
            throw KeysClosed(error)
        }
        return rows.compactMap { opened[$0.id] }
    }

    /// Forgets a tenant's keys.
    package func forget(_ tenant: TenantID) {
        remembered.withLock { $0[tenant] = nil }
    }
}

// Evidence and redaction.
extension TenantKeys {
    /// What signs the tenant's receipts.
    package func evidenceSigner(in scope: TenantScope) async throws -> EvidenceSigner {
        EvidenceSigner(key: try SigningKey(seed: try await privateKey(.evidence, in: scope)))
    }

    /// Signs a receipt; the id names the key among `evidenceKeys`.
    package func sign(_ receipt: [UInt8], in scope: TenantScope) async throws -> EvidenceSignature {
        let signer = try await evidenceSigner(in: scope)
        return EvidenceSignature(key: signer.id, bytes: try signer.sign(receipt))
    }

    /// Every key that ever signed the tenant's receipts, the current one first: who verifies needs the old ones too.
    package func evidenceKeys(in scope: TenantScope) async throws -> [EvidenceKey] {
        try await store.publicKeys(.evidence, in: scope).compactMap { stored in
            VerifyingKey(bytes: stored.bytes).map {
                EvidenceKey(
                    id: EvidenceSigner.id(of: $0), publicKey: $0, createdAt: stored.createdAt,
                    retiredAt: stored.retiredAt)
            }
        }
    }

    /// To which workers seal what is masked in a recording.
    package func redactionKey(in scope: TenantScope) async throws -> SealingPublicKey {
        guard
            let bytes = try await store.publicKeys(.redaction, in: scope).first(where: { $0.retiredAt == nil })?.bytes,
            let key = SealingPublicKey(bytes: bytes)
        else { throw SealError.unknownKey }
        return key
    }

    /// What opens the masked parts of a recording.
    package func redactionPrivateKey(in scope: TenantScope) async throws -> SealingPrivateKey {
        try SealingPrivateKey(bytes: try await privateKey(.redaction, in: scope))
    }

    private func privateKey(_ purpose: SigningPurpose, in scope: TenantScope) async throws -> [UInt8] {
        guard let (id, sealed) = try await store.sealedCurrent(purpose, in: scope) else { throw SealError.unknownKey }
        return try await open(sealed, table: SigningKeys.table, row: id.text, version: 1, in: scope)
    }
}

// The life of keys. What is wrapped is wrapped before the transaction begins: it may take a question over the network.
extension TenantKeys {
    /// A first key for a tenant, to be written down by `establish`. It is under the installation's key: a tenant can
    /// name one of its own only when it has keys already.
    func prepare(for scope: TenantScope) async throws -> NewTenantKey {
        try await make(version: 1, under: tops.masters.current, in: scope)
    }

    /// Gives a new tenant its keys, and tells so; does nothing for one that has them.
    func establish(_ new: NewTenantKey, at now: Date, in scope: TenantScope, _ tx: Transaction) async throws -> Bool {
        guard try await TenantKeyStore.insertFirst(new.wrapped, at: now, in: scope, tx) else { return false }
        try await SigningKeys.establish(with: new.chain, at: now, in: scope, tx)
        return true
    }

    /// A key that follows the current one, to be written down by `rotate`.
    func prepareNext(in scope: TenantScope) async throws -> NewTenantKey {
        let version = try await load(in: scope).current.version + 1
        do {
            return try await make(version: version, under: try await tops.current(in: scope), in: scope)
        } catch let error as KeyProviderError {
            throw KeysClosed(error)
        }
    }

    /// Makes the new key current in place of the one before, which still opens what it sealed, and signs receipts with a
    /// new key from now on. Throws `TenancyError.keysChanging` if somebody else was quicker.
    func rotate(to new: NewTenantKey, at now: Date, in scope: TenantScope, _ tx: Transaction) async throws {
        guard try await TenantKeyStore.lockVersion(in: scope, tx) == new.key.version - 1 else {
            throw TenancyError.keysChanging
        }
        try await TenantKeyStore.retireCurrent(at: now, in: scope, tx)
        try await TenantKeyStore.insert(new.wrapped, at: now, tx)
        try await SigningKeys.renewEvidence(with: new.chain, at: now, in: scope, tx)
    }

    private func make(
        version: Int, under provider: any KeyProvider, in scope: TenantScope
    ) async throws -> NewTenantKey {
        let key = TenantKey(for: scope.tenant, version: version)
        do {
            guard let wrapped = try await TenantKey.wrap([key], with: provider).first else {
                throw KeyProviderError.opening
            }
            return NewTenantKey(key: key, wrapped: wrapped)
        } catch let error as KeyProviderError {
            throw KeysClosed(error)
        }
    }
}

/// A key that is not written down yet.
struct NewTenantKey {
    let key: TenantKey
    let wrapped: WrappedTenantKey

    var chain: TenantKeyChain { TenantKeyChain(current: key, all: [key]) }
}

/// A signature under one of a tenant's evidence keys.
package struct EvidenceSignature: Sendable, Equatable {
    /// `ed25519:…`, the id of the key.
    package let key: String
    package let bytes: [UInt8]
}

/// The public half of an evidence key.
package struct EvidenceKey: Sendable, Equatable {
    package let id: String
    package let publicKey: VerifyingKey
    package let createdAt: Date
    package let retiredAt: Date?
}
