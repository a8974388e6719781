package import FoundationEssentials
package import Kernel
import Synchronization

/// Remembers for a moment that a company is open: in a flood of sign-ins thousands ask, and none of them may cost the database
/// anything before it is their turn. Whoever is let in is looked at anew, in the transaction that does so; and that a company
/// is closed is never remembered.
package final class OpenCompanies: Sendable {
    private static let memory: Duration = .milliseconds(250)
    private static let capacity = 10_000

    private let tenancy: Tenancy
    private let seen = Mutex<[TenantID: ContinuousClock.Instant]>([:])

    package init(_ tenancy: Tenancy) {
        self.tenancy = tenancy
    }

    /// Whether somebody has found the company open a moment ago.
    package func remembers(_ tenant: TenantID) -> Bool {
        seen.withLock { $0[tenant].map { .now < $0 } ?? false }
    }

    /// Refuses whoever comes to a company that is not open.
    package func require(_ scope: TenantScope, at now: Date) async throws {
        guard !remembers(scope.tenant) else { return }
        // What is read counts from before it was read.
        let until = ContinuousClock.now + Self.memory
        try await tenancy.requireOpen(at: now, in: scope)
        seen.withLock { seen in
            if seen.count >= Self.capacity { seen = seen.filter { .now < $0.value } }
            if seen.count >= Self.capacity { seen.removeAll(keepingCapacity: true) }
            seen[scope.tenant] = until
        }
    }
}
