import Cryptography
import FoundationEssentials
import HTTPAPI
import Identity
import Kernel
import Postgres
import QRCode

/// Gives an operator a second factor: shows a secret, and takes it for theirs once they show a code of it.
struct EnrolOperatorFactor {
    let database: Database
    let seal: FactorSeal

    /// A fresh secret, in every form in which an authenticator app takes it.
    func begin(_ token: String, _ visit: OperatorVisit) async throws -> SecondFactorEnrolment {
        guard let stored = try await OperatorSignInStore.find(token, database) else {
            throw IdentityError.signInExpired
        }
        try stored.state.admits(.enrolmentConfirmed, at: visit.now)
        let secret = TOTP.newSecret()
        let sealed = try seal.seal(secret, for: stored.operator)
        guard try await OperatorFactorStore.propose(sealed, for: stored.operator, at: visit.now, database),
            let person = try await OperatorStore.find(stored.operator, in: ProviderScope(), database)
        else { throw IdentityError.signInExpired }
        visit.audit.target("operator", person.id.text, name: person.login)
        let uri = TOTP.uri(issuer: "Gatehouse", account: person.login, secret: secret)
        return SecondFactorEnrolment(
            secret: Base32RFC4648.encode(secret), uri: uri,
            qr: try QRCode(uri).svg(label: "QR code for the authenticator"))
    }

    /// The first code: the factor counts from now on.
    func confirm(_ request: CodeRequest, _ visit: OperatorVisit) async throws -> SignInReply {
        let advance = AdvanceOperatorSignIn(visit: visit)
        _ = try await advance.spend(request.token, on: .enrolmentConfirmed, database)
        return try await database.transaction(in: ProviderScope()) { tx in
            let (stored, account) = try await advance.hold(request.token, tx)
            guard let factor = try await OperatorFactorStore.lock(account.id, tx), !factor.isConfirmed else {
                throw IdentityError.signInExpired
            }
            let secret = try seal.open(factor.sealed, of: account.id)
            let code = request.code.filter { $0 != " " }
            guard let step = TOTP.verify(code: code, secret: secret, at: visit.now, lastStep: nil) else {
                throw IdentityError.codeRefused
            }
            try await OperatorFactorStore.confirm(account.id, step: step, at: visit.now, tx)
            let standing = AccountStanding(mustChangePassword: false, factors: [.authenticator])
            let outcome = try stored.state.after(.enrolmentConfirmed, standing, at: visit.now)
            try await visit.audit.write(in: tx)
            return try await advance.move(stored, token: request.token, outcome, account, tx)
        }
    }
}
