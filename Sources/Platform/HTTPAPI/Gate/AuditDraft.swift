package import FoundationEssentials
package import Kernel
package import Postgres
import Synchronization

/// The audit record of a call, completed by the use-case and written where the change is written.
///
/// A use-case that changes something calls `write(in:)` inside its transaction, so that the change, its record and the
/// use of its Idempotency-Key commit together or not at all. What nobody wrote, the gate writes when the call is over;
/// a refusal is always the gate's.
package final class AuditDraft: Sendable {
    private struct State {
        var target: AuditTarget?
        var details: [JSON.Member] = []
        var isWritten = false
        /// Nothing of this call is worth a record, its refusal neither.
        var isSkipped = false
        var principal: Principal?
        var keyMark: (@Sendable (Transaction) async throws -> Void)?
    }

    /// What the gate knows before the handler runs; nil for a draft that writes nowhere.
    struct Facts: Sendable {
        let action: String?
        let principal: Principal
        let operation: String
        let traceID: String
        let clientAddress: String
        let at: Date
        let writer: AuditWriter
    }

    private let facts: Facts?
    private let state = Mutex(State())

    init(_ facts: Facts?) {
        self.facts = facts
    }

    /// For tests of use-cases, and for calls that no gate stands in front of: writes nowhere.
    package static var discarding: AuditDraft { AuditDraft(nil) }

    /// For what somebody else's service tells over a connection that we have opened: nobody is signed in there either.
    package static func told(
        _ action: String, over operation: String, in scope: TenantScope, at now: Date, by writer: AuditWriter
    ) -> AuditDraft {
        AuditDraft(
            Facts(
                action: action, principal: Principal(.anonymous, id: "", name: "nobody", tenant: scope.tenant),
                operation: operation, traceID: "", clientAddress: "", at: now, writer: writer))
    }

    /// Says what the call acts on, as soon as it is known: a refusal after this names it too.
    package func target(_ kind: String, _ id: String, name: String = "") {
        state.withLock { $0.target = AuditTarget(kind: kind, id: id, name: name) }
    }

    /// Says who is behind a call that nobody is signed in for, once that is proven: a decision link, a sign-in.
    package func onBehalf(of principal: Principal) {
        state.withLock { $0.principal = principal }
    }

    /// Adds a detail, in place of one of the same name. Never a secret.
    package func detail(_ name: String, _ value: JSON) {
        state.withLock { state in
            state.details.removeAll { $0.name == name }
            state.details.append(JSON.Member(name, value))
        }
    }

    /// Writes the record of the call's success, and marks its Idempotency-Key as used, with the change itself.
    package func write(in transaction: Transaction) async throws {
        if let facts, let record = record(.success, problem: nil) {
            try await facts.writer.inside(record, transaction)
        }
        let mark = state.withLock { state in
            state.isWritten = true
            return state.keyMark
        }
        try await mark?(transaction)
    }

    /// Writes a further record, for a call that does more than one thing.
    package func also(
        _ action: String, kind: String, id: String, name: String = "", details: JSON = [:],
        in transaction: Transaction
    ) async throws {
        guard let facts else { return }
        let target = AuditTarget(kind: kind, id: id, name: name)
        let record = record(facts, action, target, .success, problem: nil, details: details)
        try await facts.writer.inside(record, transaction)
    }
}

// What the gate does with a draft.
extension AuditDraft {
    var isWritten: Bool { state.withLock { $0.isWritten } }

    /// What `write(in:)` does besides: the key of this call.
    func whenWritten(_ mark: @escaping @Sendable (Transaction) async throws -> Void) {
        state.withLock { $0.keyMark = mark }
    }

    /// A replayed answer leaves no second record, nor does a call of somebody else's program that changed nothing.
    package func skip() {
        state.withLock {
            $0.isWritten = true
            $0.isSkipped = true
        }
    }

    /// Leaves the record to work that goes on when the call has been answered: the gate writes none.
    package func handOver() {
        state.withLock { $0.isWritten = true }
    }

    /// What the path names, unless the use-case knows better.
    func assume(_ target: AuditTarget) {
        state.withLock { if $0.target == nil { $0.target = target } }
    }

    func writeAlone() async throws {
        guard !isWritten, let facts, let record = record(.success, problem: nil) else { return }
        try await facts.writer.alone(record)
    }

    /// Writes that the call was refused, for one whose caller is answered as if nothing were wrong.
    package func refuse(because problem: ProblemType) async throws {
        try await writeRefusal(problem, action: nil)
        skip()
    }

    func writeRefusal(_ problem: ProblemType, action fallback: String?) async throws {
        guard !state.withLock({ $0.isSkipped }), let facts, let action = facts.action ?? fallback else { return }
        let (target, details) = state.withLock { ($0.target, $0.details) }
        let outcome: AuditRecord.Outcome = problem.status >= 500 ? .failed : .refused
        let record = record(facts, action, target, outcome, problem: problem.name, details: .object(details))
        try await facts.writer.alone(record)
    }

    private func record(_ outcome: AuditRecord.Outcome, problem: String?) -> AuditRecord? {
        guard let facts, let action = facts.action else { return nil }
        let (target, details) = state.withLock { ($0.target, $0.details) }
        return record(facts, action, target, outcome, problem: problem, details: .object(details))
    }

    private func record(
        _ facts: Facts, _ action: String, _ target: AuditTarget?, _ outcome: AuditRecord.Outcome, problem: String?,
        details: JSON
    ) -> AuditRecord {
        AuditRecord(
            action: action, principal: state.withLock { $0.principal } ?? facts.principal, target: target,
            outcome: outcome, problem: problem,
            operation: facts.operation, details: details, traceID: facts.traceID, clientAddress: facts.clientAddress,
            at: facts.at)
    }
}
