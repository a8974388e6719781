import Cryptography
import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres
import QRCode
import Tenancy

/// Gives a person a second factor: shows a secret, and takes it for theirs once they show a code of it.
struct EnrolSecondFactor {
    let database: Database
    let keys: TenantKeys

    /// A fresh secret, in every form in which an authenticator app takes it.
    func begin(_ token: String, _ visit: Visit) async throws -> SecondFactorEnrolment {
        guard let stored = try await SignInStore.find(token, in: visit.scope, database) else {
            throw IdentityError.signInExpired
        }
        try stored.state.admits(.enrolmentConfirmed, at: visit.now)
        guard let enrolment = try await propose(for: stored.user, at: visit.now, visit.audit, in: visit.scope) else {
            throw IdentityError.signInExpired
        }
        return enrolment
    }

    /// Nil if the person has an authenticator already.
    func propose(
        for user: UserID, at now: Date, _ audit: AuditDraft, in scope: TenantScope
    ) async throws -> SecondFactorEnrolment? {
        let secret = TOTP.newSecret()
        let sealed = try await keys.seal(
            secret, table: SecondFactorStore.table, row: user.text, version: 1, in: scope)
        guard try await SecondFactorStore.propose(sealed, for: user, at: now, in: scope, database),
            let names = try await names(of: user, in: scope)
        else { return nil }
        audit.target("user", user.text, name: names.login)
        let uri = TOTP.uri(issuer: names.tenant, account: names.login, secret: secret)
        return SecondFactorEnrolment(
            secret: Base32RFC4648.encode(secret), uri: uri,
            qr: try QRCode(uri).svg(label: "QR code for the authenticator"))
    }

    /// The first code: the factor counts from now on, and the recovery codes are shown.
    func confirm(_ request: CodeRequest, _ visit: Visit) async throws -> SignInReply {
        let advance = AdvanceSignIn(visit: visit)
        let stored = try await advance.spend(request.token, on: .enrolmentConfirmed, database)
        guard let factor = try await proposed(to: stored.user, in: visit.scope) else {
            throw IdentityError.signInExpired
        }
        guard let step = try await step(of: request.code, factor, of: stored.user, at: visit.now, in: visit.scope)
        else { throw IdentityError.codeRefused }
        let codes = (0..<RecoveryCode.count).map { _ in RecoveryCode() }
        return try await database.transaction(in: visit.scope) { tx in
            let (stored, account) = try await advance.hold(request.token, in: tx)
            // Two first factors at once: the first one is asked for from now on.
            guard account.standing.mayEnrol(.authenticator, stored.state) else { throw IdentityError.signInExpired }
            guard
                try await SecondFactorStore.confirm(
                    factor.sealed, of: stored.user, step: step, at: visit.now, in: visit.scope, tx)
            else { throw IdentityError.signInExpired }
            try await RememberedDeviceStore.forgetAll(of: stored.user, in: visit.scope, tx)
            try await SecondFactorStore.setRecoveryCodes(codes, of: stored.user, in: visit.scope, tx)
            let outcome = try stored.state.after(
                .enrolmentConfirmed, account.standing.adding(.authenticator), at: visit.now)
            try await visit.audit.write(in: tx)
            let reply = try await advance.move(stored, token: request.token, outcome, account, in: tx)
            return reply.showing(codes)
        }
    }

    /// The secret that waits to be confirmed.
    func proposed(to user: UserID, in scope: TenantScope) async throws -> StoredFactor? {
        let factor = try await SecondFactorStore.find(user, in: scope, database)
        return factor?.confirmedAt == nil ? factor : nil
    }

    /// The time step of a code; nil if it is none of this secret.
    func step(
        of code: String, _ factor: StoredFactor, of user: UserID, at now: Date, in scope: TenantScope
    ) async throws -> Int? {
        let secret = try await keys.open(
            factor.sealed, table: SecondFactorStore.table, row: user.text, version: 1, in: scope)
        return TOTP.verify(code: ProveCode.digits(code), secret: secret, at: now, lastStep: nil)
    }

    private func names(of user: UserID, in scope: TenantScope) async throws -> (login: String, tenant: String)? {
        try await database.first(
            """
            select u.login, t.name from users u join tenants t on t.tenant_id = u.tenant_id
            where u.tenant_id = \(scope.tenant) and u.user_id = \(user)
            """, in: scope
        ) { (login: try $0.next(), tenant: try $0.next()) }
    }
}
