import Crypto
import FoundationEssentials
import HTTPTypes
import Kernel
import Logging

extension Gate {
    /// Runs the work, or answers what it answered when the same key came before.
    func once(_ admitted: Admitted<API>, _ operation: Operation, _ work: Work) async throws -> Outgoing {
        let request = admitted.request
        guard operation.isIdempotencyKeyed, let text = request.headers[.idempotencyKey] else {
            return try await work(admitted)
        }
        guard 1...64 ~= text.utf8.count, text.utf8.allSatisfy({ 0x21...0x7E ~= $0 }) else {
            let error = FieldError(pointer: "/Idempotency-Key", message: "must be 1 to 64 visible ASCII characters")
            throw Problem(.invalidFields, errors: [error])
        }
        let key = IdempotencyKey(
            principal: admitted.authenticated.caller.principal, operation: operation.name, key: text)
        let path = request.path.map { "\($0)\n" }.joined()
        let fingerprint = Array(SHA256.hash(data: Array(path.utf8) + request.body))
        switch try await idempotency.claim(key, fingerprint: fingerprint, at: admitted.parser.now) {
        case .finished(var outgoing):
            admitted.audit.skip()
            outgoing.headers[.idempotentReplayed] = "true"
            return outgoing
        case .inProgress: throw Problem(.inProgress, headers: [.retryAfter: "1"])
        case .answerLost: throw Problem(.answerLost, "The change was made, but its answer was lost. Look it up.")
        case .differentRequest: throw Problem(.keyReused)
        case .new:
            return try await keep(key, admitted, work)
        }
    }

    private func keep(_ key: IdempotencyKey, _ admitted: Admitted<API>, _ work: Work) async throws -> Outgoing {
        let idempotency = idempotency
        let claimedAt = admitted.parser.now
        admitted.audit.whenWritten { try await idempotency.commit(key, claimedAt: claimedAt, in: $0) }
        let outgoing: Outgoing
        do {
            outgoing = try await work(admitted)
        } catch {
            // Without effect, so the key is free again; the store keeps it if the effect was committed.
            await settle(key) { try await idempotency.release(key) }
            throw error
        }
        // The change is made: that its answer cannot be kept is no reason to call it a failure.
        await settle(key) { try await idempotency.complete(key, with: outgoing) }
        return outgoing
    }

    private func settle(_ key: IdempotencyKey, _ body: () async throws -> Void) async {
        do {
            try await body()
        } catch {
            logger.warning(
                "an Idempotency-Key could not be settled",
                metadata: ["operation": "\(key.operation)", "error": "\(error)"])
        }
    }
}
