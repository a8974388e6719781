import Cryptography
import FoundationEssentials
import GatewayContract
import HTTPAPI
import Kernel
import Postgres

/// Gives a worker new keys. The old one goes on signing assertions for an hour; secrets are sealed to the new one at
/// once.
struct RotateKeys {
    static let oldKeyLifetime = 3600

    let database: Database

    func callAsFunction(
        _ request: RotateKeysRequest, of worker: WorkerID, at now: Date, audit: AuditDraft
    ) async throws -> KeysRotated {
        try await database.transaction(in: SystemScope(reason: "a worker's keys")) { transaction in
            let standing = try await transaction.first(
                "\(fragment: WorkerStore.standing(worker)) for update", { try WorkerStanding(&$0) })
            guard let standing else { throw HostingError.notFound }
            let text = ProofText.rotation(
                of: worker, signingKey: request.signingKey, sealingKey: request.sealingKey)
            guard Ed25519.isValid(request.signatureOld.value, of: text, by: standing.signingKey),
                Ed25519.isValid(request.signatureNew.value, of: text, by: request.signingKey.value),
                request.signingKey.value != standing.signingKey,
                SealingPublicKey(bytes: request.sealingKey.value) != nil
            else { throw HostingError.rotationRefused }
            try await transaction.execute(
                WorkerStore.rotate(worker, to: request, oldUntil: now + TimeInterval(Self.oldKeyLifetime)))
            audit.target("worker", worker.text, name: standing.name)
            try await audit.write(in: transaction)
        }
        return KeysRotated(oldKeyValidForSeconds: Self.oldKeyLifetime)
    }
}
