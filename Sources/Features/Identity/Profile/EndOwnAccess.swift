import HTTPAPI
import Kernel
import Postgres

/// Takes back what one has given out: sessions of browsers, tokens of programs, SSH keys.
struct EndOwnAccess {
    let database: Database

    /// Ends the very session or token that asks; a key is switched off.
    func signOut(_ proof: Proof, _ acting: Acting) async throws {
        try await database.transaction(in: acting.scope) { tx in
            acting.audit.target("user", acting.user.text)
            if let session = proof.session {
                _ = try await WebSessionStore.revoke(session, of: acting.user, in: acting.scope, tx)
            }
            if let token = proof.token {
                _ = try await APITokenStore.remove(token, of: acting.user, in: acting.scope, tx)
            }
            if let key = proof.key {
                _ = try await AccessKeyStore.set(
                    enabled: false, key, of: acting.user, at: acting.now, in: acting.scope, tx)
            }
            try await acting.audit.write(in: tx)
        }
    }

    func end(_ id: WebSessionID, _ acting: Acting) async throws {
        try await database.transaction(in: acting.scope) { tx in
            guard try await WebSessionStore.revoke(id, of: acting.user, in: acting.scope, tx) else {
                throw IdentityError.notFound
            }
            acting.audit.target("web-session", id.text)
            try await acting.audit.write(in: tx)
        }
    }

    func remove(_ id: APITokenID, _ acting: Acting) async throws {
        try await database.transaction(in: acting.scope) { tx in
            guard let name = try await APITokenStore.remove(id, of: acting.user, in: acting.scope, tx) else {
                throw IdentityError.notFound
            }
            acting.audit.target("token", id.text, name: name)
            try await acting.audit.write(in: tx)
        }
    }

    func remove(_ id: SSHKeyID, _ acting: Acting) async throws {
        try await database.transaction(in: acting.scope) { tx in
            guard let name = try await SSHKeyStore.remove(id, of: acting.user, in: acting.scope, tx) else {
                throw IdentityError.notFound
            }
            acting.audit.target("ssh-key", id.text, name: name)
            try await acting.audit.write(in: tx)
        }
    }
}
