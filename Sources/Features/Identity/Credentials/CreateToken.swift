import Cryptography
import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres

/// Makes a token with which a program acts as its person.
struct CreateToken {
    let database: Database

    func callAsFunction(_ request: CreateTokenRequest, _ proof: Proof, _ acting: Acting) async throws -> CreatedToken {
        let expiresAt = request.expiresAt ?? acting.now + APIToken.usualLife
        guard expiresAt > acting.now, expiresAt <= acting.now + APIToken.longestLife else {
            throw Invalid("must be in the future, and a year ahead at most", field: "expiresAt")
        }
        let (id, token) = (APITokenID.new(at: acting.now), RandomToken(prefix: APIToken.prefix))
        try await database.transaction(in: acting.scope) { tx in
            _ = try await AccountStore.lock(acting.user, in: acting.scope, tx)
            let count = try await APITokenStore.countGood(of: acting.user, at: acting.now, in: acting.scope, tx)
            guard count < APIToken.most else {
                throw IdentityError.tooMany("A person has \(APIToken.most) tokens at most; remove one.")
            }
            try await APITokenStore.insert(
                id, request.name, from: request.sources, of: acting.user, token: token, expiresAt: expiresAt,
                madeBy: proof,
                at: acting.now, in: acting.scope, tx)
            acting.audit.target("token", id.text, name: request.name)
            acting.audit.detail("sources", .array(request.sources.map { .string($0.text) }))
            try await acting.audit.write(in: tx)
        }
        return CreatedToken(id: id, name: request.name, token: token.text.reveal(), expiresAt: expiresAt)
    }
}
