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

    private let store: TenantKeyStore
    private let keyring: TenantKeyring
    private let lifetime: Duration
    private let capacity: Int
    private let remembered = Mutex<[TenantID: Entry]>([:])

    package init(database: Database, master: MasterKey, lifetime: Duration = .seconds(60), capacity: Int = 1_000) {
        store = TenantKeyStore(database: database)
        keyring = TenantKeyring(master: master)
        self.lifetime = lifetime
        self.capacity = capacity
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
        let keys = try await store.keys(in: scope).map(keyring.unwrap)
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

// The life of keys.
extension TenantKeys {
    /// Gives a new tenant its keys; does nothing for one that has them.
    func establish(at now: Date, in scope: TenantScope, _ tx: Transaction) async throws {
        guard try await TenantKeyStore.lockVersion(in: scope, tx) == nil else { return }
        let (key, wrapped) = try keyring.makeKey(for: scope.tenant, version: 1)
        try await TenantKeyStore.insert(wrapped, at: now, tx)
        try await SigningKeys.establish(with: TenantKeyChain(current: key, all: [key]), at: now, in: scope, tx)
    }

    /// Makes a new current key in place of the one before, which still opens what it sealed.
    func rotate(at now: Date, in scope: TenantScope, _ tx: Transaction) async throws -> TenantKeyID {
        guard let version = try await TenantKeyStore.lockVersion(in: scope, tx) else { throw SealError.unknownKey }
        let (key, wrapped) = try keyring.makeKey(for: scope.tenant, version: version + 1)
        try await TenantKeyStore.retireCurrent(at: now, in: scope, tx)
        try await TenantKeyStore.insert(wrapped, at: now, tx)
        return key.id
    }
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
