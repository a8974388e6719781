import HTTPAPI
import Kernel
import Postgres
import WebAuthn

/// Gives a person their first second factor on the way in: a passkey, and the recovery codes with it.
struct EnrolPasskey {
    let database: Database
    let portal: PortalParty
    let policy: AttestationPolicy

    func begin(_ token: String, _ visit: Visit) async throws -> PasskeyCreationOptions {
        guard let stored = try await SignInStore.find(token, in: visit.scope, database) else {
            throw IdentityError.signInExpired
        }
        try stored.state.admits(.passkeyEnrolled, at: visit.now)
        visit.audit.target("user", stored.user.text)
        return try await OfferPasskey(database: database, portal: portal, now: visit.now, scope: visit.scope).creation(
            for: .enrol(stored.id), of: stored.user, policy)
    }

    func callAsFunction(_ request: EnrolPasskeyRequest, _ visit: Visit) async throws -> SignInReply {
        let advance = AdvanceSignIn(visit: visit)
        let stored = try await advance.spend(request.token, on: .passkeyEnrolled, database)
        visit.audit.target("user", stored.user.text)
        let register = RegisterPasskey(
            database: database, party: portal.party, policy: policy, now: visit.now, audit: visit.audit,
            scope: visit.scope)
        let passkey = try await register.check(request.credential, for: .enrol(stored.id))
        let codes = (0..<RecoveryCode.count).map { _ in RecoveryCode() }
        return try await database.transaction(in: visit.scope) { tx in
            let (stored, account) = try await advance.hold(request.token, in: tx)
            // Two first factors at once: the first one is asked for from now on.
            guard account.standing.mayEnrol(.passkey, stored.state) else { throw IdentityError.signInExpired }
            _ = try await register.keep(
                passkey, named: request.name, transports: request.credential.transports, of: account.id, in: tx)
            try await RememberedDeviceStore.forgetAll(of: account.id, in: visit.scope, tx)
            try await SecondFactorStore.setRecoveryCodes(codes, of: account.id, in: visit.scope, tx)
            let standing = account.standing.adding(.passkey)
            let outcome = try stored.state.after(.passkeyEnrolled, standing, at: visit.now)
            try await visit.audit.write(in: tx)
            let reply = try await advance.move(stored, token: request.token, outcome, account, in: tx)
            return reply.showing(codes)
        }
    }
}
