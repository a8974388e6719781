package import FoundationEssentials
package import Postgres

/// Remembers what a POST with an Idempotency-Key answered, and that it had its effect.
package protocol IdempotencyStore: Sendable {
    func claim(_ key: IdempotencyKey, fingerprint: [UInt8], at now: Date) async throws -> IdempotencyClaim
    /// The effect commits with this transaction: from then on the key is never free again.
    func commit(_ key: IdempotencyKey, claimedAt: Date, in transaction: Transaction) async throws
    /// Keeps the answer for repeats.
    func complete(_ key: IdempotencyKey, with response: Outgoing) async throws
    /// The work failed: the key may be used again, unless its effect was committed.
    func release(_ key: IdempotencyKey) async throws
}

/// A key belongs to one caller and one operation.
package struct IdempotencyKey: Sendable, Hashable {
    package let principal: Principal
    package let operation: String
    package let key: String

    package init(principal: Principal, operation: String, key: String) {
        self.principal = principal
        self.operation = operation
        self.key = key
    }
}

package enum IdempotencyClaim: Sendable {
    case new
    case finished(Outgoing)
    case inProgress
    /// The effect was committed, but the server died before it could keep the answer.
    case answerLost
    case differentRequest
}

/// For tests: forgets everything with the process.
package actor MemoryIdempotencyStore: IdempotencyStore {
    private struct Entry {
        let fingerprint: [UInt8]
        var isCommitted = false
        var response: Outgoing?
    }

    private var entries: [IdempotencyKey: Entry] = [:]

    package init() {}

    package func claim(_ key: IdempotencyKey, fingerprint: [UInt8], at now: Date) -> IdempotencyClaim {
        guard let entry = entries[key] else {
            entries[key] = Entry(fingerprint: fingerprint)
            return .new
        }
        guard entry.fingerprint == fingerprint else { return .differentRequest }
        if let response = entry.response { return .finished(response) }
        return entry.isCommitted ? .answerLost : .inProgress
    }

    package func commit(_ key: IdempotencyKey, claimedAt: Date, in transaction: Transaction) {
        entries[key]?.isCommitted = true
    }
    package func complete(_ key: IdempotencyKey, with response: Outgoing) { entries[key]?.response = response }
    package func release(_ key: IdempotencyKey) {
        if entries[key]?.isCommitted == false { entries[key] = nil }
    }
}
