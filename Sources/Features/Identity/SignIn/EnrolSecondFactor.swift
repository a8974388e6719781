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
        let secret = TOTP.newSecret()
        let sealed = try await keys.seal(
            secret, table: SecondFactorStore.table, row: stored.user.text, version: 1, in: visit.scope)
        guard
            try await SecondFactorStore.propose(sealed, for: stored.user, at: visit.now, in: visit.scope, database),
            let names = try await names(of: stored.user, in: visit.scope)
        else { throw IdentityError.signInExpired }
        visit.audit.target("user", stored.user.text, name: names.login)
        let uri = TOTP.uri(issuer: names.tenant, account: names.login, secret: secret)
        return SecondFactorEnrolment(
            secret: Base32RFC4648.encode(secret), uri: uri,
            qr: try QRCode(uri).svg(label: "QR code for the authenticator"))
    }

    /// The first code: the factor counts from now on, and the recovery codes are shown.
    func confirm(_ request: CodeRequest, _ visit: Visit) async throws -> SignInReply {
        let advance = AdvanceSignIn(visit: visit)
        let stored = try await advance.spend(request.token, on: .enrolmentConfirmed, database)
        guard let factor = try await SecondFactorStore.find(stored.user, in: visit.scope, database),
            factor.confirmedAt == nil
        else { throw IdentityError.signInExpired }
        let secret = try await keys.open(
            factor.sealed, table: SecondFactorStore.table, row: stored.user.text, version: 1, in: visit.scope)
        guard
            let step = TOTP.verify(code: ProveCode.digits(request.code), secret: secret, at: visit.now, lastStep: nil)
        else { throw IdentityError.codeRefused }
        let codes = (0..<RecoveryCode.count).map { _ in RecoveryCode() }
        return try await database.transaction(in: visit.scope) { tx in
            let (stored, account) = try await advance.hold(request.token, in: tx)
            guard
                try await SecondFactorStore.confirm(
                    factor.sealed, of: stored.user, step: step, at: visit.now, in: visit.scope, tx)
            else { throw IdentityError.signInExpired }
            try await SecondFactorStore.setRecoveryCodes(codes, of: stored.user, in: visit.scope, tx)
            let standing = AccountStanding(
                mustChangePassword: account.standing.mustChangePassword, hasSecondFactor: true)
            let outcome = try stored.state.after(.enrolmentConfirmed, standing, at: visit.now)
            try await visit.audit.write(in: tx)
            let reply = try await advance.move(stored, token: request.token, outcome, account, in: tx)
            return SignInReply(step: reply.step, token: reply.token, recoveryCodes: codes.map(\.text))
        }
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
