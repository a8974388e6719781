import Cryptography
import FoundationEssentials
import HTTPAPI
import Kernel

/// The installation's own operator, known by the token in a file beside the server.
struct ProviderOperators: Sendable {
    /// One fixed person: the trail says that it was the installation's token.
    private static let id = ProviderOperatorID(UUID(uuidString: "00000000-0000-7000-8000-000000000001")!)

    private let hash: Hash256
    private let permissions: Set<Permission>

    init(token: Secret, permissions: Set<Permission>) {
        hash = RandomToken.hash(of: token.reveal())
        self.permissions = permissions
    }

    func authenticate(_ request: Incoming) throws -> Authenticated<ProviderAPI.Caller> {
        guard case .bearer(let text)? = try request.credential(cookie: "provider-session"),
            ConstantTime.equals(RandomToken.hash(of: text).text, hash.text)
        else { throw Problem.unauthenticated() }
        return Authenticated(
            caller: ProviderAPI.Caller(operator: Self.id, name: "operator"), permissions: permissions, means: .bearer)
    }
}
