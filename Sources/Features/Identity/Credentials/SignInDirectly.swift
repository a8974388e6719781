import Cryptography
import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres

/// Signs the command line in: password and code against a token for half a day.
struct SignInDirectly {
    static let name = "cli"

    let prove: ProveDirectly

    func callAsFunction(_ request: DirectSignInRequest, _ visit: Visit) async throws -> DirectSignInReply {
        let account = try await prove(
            login: request.login, password: request.password, code: request.code,
            from: visit.request.clientAddress, at: visit.now, visit.audit, in: visit.scope)
        let token = RandomToken(prefix: APIToken.prefix)
        try await prove.database.transaction(in: visit.scope) { tx in
            try await AccountStore.recordSignIn(account.id, at: visit.now, in: visit.scope, tx)
            try await APITokenStore.trim(Self.name, of: account.id, to: APIToken.most / 2 - 1, in: visit.scope, tx)
            try await APITokenStore.insert(
                .new(at: visit.now), Self.name, of: account.id, token: token,
                expiresAt: visit.now + APIToken.directLife, secondFactorAt: visit.now, at: visit.now, in: visit.scope,
                tx)
            try await visit.audit.write(in: tx)
        }
        return DirectSignInReply(token: token.text.reveal())
    }
}
