import Cryptography
import FoundationEssentials
import HTTPAPI
import Kernel
import Operators

/// Who sends a request to `/provider/v1`: an operator by the cookie of the console, or whoever holds the installation's
/// token, which lies in a file beside the server.
struct ProviderAuthenticator: Sendable {
    /// One fixed person: the trail says that it was the installation's token.
    private static let id = ProviderOperatorID(UUID(uuidString: "00000000-0000-7000-8000-000000000001")!)

    private let hash: Hash256
    private let permissions: Set<Permission>
    private let operators: OperatorAuthenticator

    init(token: Secret, permissions: Set<Permission>, operators: OperatorAuthenticator) {
        hash = RandomToken.hash(of: token.reveal())
        self.permissions = permissions
        self.operators = operators
    }

    func callAsFunction(_ request: Incoming) async throws -> Authenticated<ProviderAPI.Caller> {
        switch try request.credential(cookie: OperatorAuthenticator.cookie) {
        case .cookie(let text): return try await operators(cookie: text)
        case .bearer(let text) where ConstantTime.equals(RandomToken.hash(of: text).text, hash.text):
            // Whoever reads the file owns the installation: nothing is gained by asking for a code.
            return Authenticated(
                caller: ProviderAPI.Caller(operator: Self.id, name: "installation"), permissions: permissions,
                means: .bearer, secondFactorAt: Date())
        case .bearer, .signature, nil: throw Problem.unauthenticated()
        }
    }
}
