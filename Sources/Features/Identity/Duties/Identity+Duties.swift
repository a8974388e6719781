package import FoundationEssentials
package import Kernel
import Postgres

// Administrators who are divided into three.
extension Identity {
    package func dutySeparation(at now: Date, in scope: TenantScope) async throws -> DutySeparation {
        try await separateDuties.show(at: now, in: scope)
    }

    package func proposeDutySeparation(_ on: Bool, _ acting: Acting) async throws -> DutySeparation {
        try await separateDuties.propose(on, acting)
    }

    package func withdrawDutySeparation(_ acting: Acting) async throws {
        try await separateDuties.withdraw(acting)
    }

    package func decideDutySeparation(_ on: Bool, _ acting: Acting) async throws -> DutySeparation {
        try await separateDuties.decide(on, acting)
    }

    private var separateDuties: SeparateDuties { SeparateDuties(database: database, catalogue: settings.catalogue) }
}
