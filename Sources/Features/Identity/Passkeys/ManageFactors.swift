import HTTPAPI
import Kernel
import Postgres
import WebAuthn

/// What people do with their own second factors. Nobody is left without one.
struct ManageFactors {
    let database: Database

    func add(_ request: AddPasskeyRequest, in session: WebSessionID, _ register: RegisterPasskey, _ acting: Acting)
        async throws -> Passkey
    {
        let passkey = try await register.check(request.credential, for: .add(session))
        return try await database.transaction(in: acting.scope) { tx in
            _ = try await AccountStore.lock(acting.user, in: acting.scope, tx)
            let kept = try await register.keep(
                passkey, named: request.name, transports: request.credential.transports, of: acting.user, in: tx)
            acting.audit.target("passkey", kept.id.text, name: kept.name)
            try await RememberedDeviceStore.forgetAll(of: acting.user, in: acting.scope, tx)
            try await acting.audit.write(in: tx)
            return kept
        }
    }

    func remove(_ id: PasskeyID, _ acting: Acting) async throws {
        try await database.transaction(in: acting.scope) { tx in
            let account = try await AccountStore.lock(acting.user, in: acting.scope, tx)
            guard let name = try await PasskeyStore.remove(id, of: acting.user, in: acting.scope, tx) else {
                throw IdentityError.notFound
            }
            let left = try await PasskeyStore.count(of: acting.user, in: acting.scope, tx)
            guard left > 0 || account?.standing.has(besides: .passkey) == true else {
                throw IdentityError.lastSecondFactor
            }
            acting.audit.target("passkey", id.text, name: name)
            try await RememberedDeviceStore.forgetAll(of: acting.user, in: acting.scope, tx)
            try await acting.audit.write(in: tx)
        }
    }

    /// A secret for an authenticator, beside the passkeys that somebody has.
    func offerAuthenticator(_ enrol: EnrolSecondFactor, _ acting: Acting) async throws -> SecondFactorEnrolment {
        acting.audit.target("user", acting.user.text)
        guard let enrolment = try await enrol.propose(for: acting.user, at: acting.now, acting.audit, in: acting.scope)
        else { throw IdentityError.authenticatorPresent }
        return enrolment
    }

    func confirmAuthenticator(_ code: String, _ enrol: EnrolSecondFactor, _ acting: Acting) async throws {
        acting.audit.target("user", acting.user.text)
        guard let factor = try await enrol.proposed(to: acting.user, in: acting.scope),
            let step = try await enrol.step(
                of: code, factor, of: acting.user, at: acting.now, in: acting.scope)
        else { throw IdentityError.codeRefused }
        try await database.transaction(in: acting.scope) { tx in
            _ = try await AccountStore.lock(acting.user, in: acting.scope, tx)
            guard
                try await SecondFactorStore.confirm(
                    factor.sealed, of: acting.user, step: step, at: acting.now, in: acting.scope, tx)
            else { throw IdentityError.codeRefused }
            try await RememberedDeviceStore.forgetAll(of: acting.user, in: acting.scope, tx)
            try await acting.audit.write(in: tx)
        }
    }

    func removeAuthenticator(_ acting: Acting) async throws {
        acting.audit.target("user", acting.user.text)
        try await database.transaction(in: acting.scope) { tx in
            let account = try await AccountStore.lock(acting.user, in: acting.scope, tx)
            guard account?.standing.factors.contains(.authenticator) == true else { throw IdentityError.notFound }
            guard account?.standing.has(besides: .authenticator) == true else { throw IdentityError.lastSecondFactor }
            try await SecondFactorStore.removeAuthenticator(acting.user, in: acting.scope, tx)
            try await RememberedDeviceStore.forgetAll(of: acting.user, in: acting.scope, tx)
            try await acting.audit.write(in: tx)
        }
    }
}
