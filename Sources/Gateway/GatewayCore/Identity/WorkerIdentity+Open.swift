import Cryptography
import GatewayContract
import Kernel

extension WorkerIdentity {
    /// Opens a field that was sealed to this worker, by the key in use or by the one before.
    func open(_ field: SealedField, _ sealed: Bytes, session: SessionID) throws -> [UInt8] {
        do {
            return try field.open(sealed, with: sealingKey.reveal().reveal(), session: session)
        } catch {
            guard let formerSealingKey else { throw error }
            return try field.open(sealed, with: formerSealingKey.reveal().reveal(), session: session)
        }
    }
}
