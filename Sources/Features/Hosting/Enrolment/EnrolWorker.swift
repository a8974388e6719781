import Cryptography
import FoundationEssentials
import GatewayContract
import HTTPAPI
import Kernel
import Postgres

/// Makes a worker of a program that holds a one-time token and can sign with the key that it brings.
struct EnrolWorker {
    let database: Database
    let grantKey: VerifyingKey

    private let scope = SystemScope(reason: "worker enrolment")

    init(database: Database, grantKey: VerifyingKey) {
        self.database = database
        self.grantKey = grantKey
    }

    /// What has to be signed.
    func challenge(_ token: PassedSecret, at now: Date) async throws -> EnrolmentChallenge {
        let hash = RandomToken.hash(of: token.reveal()).bytes
        let challenge = try await database.first(EnrolmentStore.challenge(tokenHash: hash, at: now), in: scope) {
            try $0.next([UInt8].self)
        }
        guard let challenge else { throw HostingError.enrolmentRefused }
        return EnrolmentChallenge(challenge: Bytes(challenge))
    }

    func callAsFunction(_ request: EnrolRequest, at now: Date, audit: AuditDraft) async throws -> Enrolled {
        let hash = RandomToken.hash(of: request.token.reveal()).bytes
        let id = WorkerID.new(at: now)
        do {
            try await database.transaction(in: scope) { transaction in
                let spent = try await transaction.first(EnrolmentStore.spend(tokenHash: hash, at: now)) { row in
                    (place: try WorkerPlace(&row), challenge: try row.next([UInt8].self))
                }
                guard let spent, request.isSigned(challenge: spent.challenge) else {
                    throw HostingError.enrolmentRefused
                }
                try await transaction.execute(WorkerStore.insert(id, request, spent.place, at: now))
                audit.target("worker", id.text, name: request.name)
                audit.detail("pool", .string(spent.place.pool))
                try await audit.write(in: transaction)
            }
        } catch let error as DatabaseError where error.constraint == "workers_name_uq" {
            throw HostingError.nameTaken
        }
        return Enrolled(worker: id, serverKey: Bytes(grantKey.bytes))
    }
}

extension EnrolRequest {
    fileprivate func isSigned(challenge: [UInt8]) -> Bool {
        let text = ProofText.enrolment(
            token: token, challenge: Bytes(challenge), signingKey: signingKey, sealingKey: sealingKey)
        return Ed25519.isValid(signature.value, of: text, by: signingKey.value)
            && SealingPublicKey(bytes: sealingKey.value) != nil
    }
}
