package import FoundationEssentials
package import Kernel

/// Why a worker does not act on a grant.
package enum GrantFault: Error, Equatable {
    case wrongSignature
    case malformed
    case forAnotherWorker
    case over
}

extension SignedGrant {
    /// The grant in its canonical form, signed.
    package init(_ grant: SessionGrant, sign: ([UInt8]) throws -> [UInt8]) throws {
        let bytes = try CanonicalForm.bytes(of: grant)
        self.init(grant: Bytes(bytes), signature: Bytes(try sign(ProofText.grant(bytes))))
    }

    /// The grant, if the installation made it for this worker and its time has not passed.
    package func opened(
        by serverKey: [UInt8], for worker: WorkerID, now: Date
    ) throws(GrantFault) -> SessionGrant {
        guard Ed25519.isValid(signature.value, of: ProofText.grant(grant.value), by: serverKey) else {
            throw .wrongSignature
        }
        guard let json = try? JSONParser.parse(grant.value), let parsed = try? SessionGrant.schema.parse(json) else {
            throw .malformed
        }
        guard parsed.worker == worker else { throw .forAnotherWorker }
        guard parsed.limits.endsAt > now else { throw .over }
        return parsed
    }
}
