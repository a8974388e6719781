package import Kernel

// Passwords that somebody else has a say in, or that are good once.
extension Identity {
    package func requirePasswordChange(_ user: UserID, _ acting: Acting) async throws -> User {
        try await RequirePasswordChange(database: database, catalogue: settings.catalogue)(user, acting)
    }

    package func makeTemporaryPassword(_ acting: Acting) async throws -> TemporaryPassword {
        try await maker.forOneself(acting)
    }

    package func makeTemporaryPassword(for user: UserID, _ acting: Acting) async throws -> TemporaryPassword {
        try await maker(for: user, acting)
    }

    private var maker: MakeTemporaryPassword {
        MakeTemporaryPassword(database: database, catalogue: settings.catalogue, tenants: tenants)
    }
}
