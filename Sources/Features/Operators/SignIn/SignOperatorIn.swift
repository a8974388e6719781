import Cryptography
import HTTPAPI
import Identity
import Kernel
import Postgres

/// The first step of an operator's sign-in.
struct SignOperatorIn {
    let database: Database
    let hasher: PasswordHasher
    let floor: Duration

    func callAsFunction(_ request: PasswordRequest, _ visit: OperatorVisit) async throws -> SignInReply {
        let start = ContinuousClock.now
        let proof = try await ProveOperatorPassword(database: database, hasher: hasher)(
            login: request.login, password: request.password, at: visit.now)
        switch proof {
        case .wrong(let account, let nowLocked):
            try await refuse(account, request.login, nowLocked, visit)
            try await Task.sleep(until: start + floor)
            throw IdentityError.signInRefused
        case .right(let account):
            let advance = AdvanceOperatorSignIn(visit: visit)
            advance.name(account)
            return try await database.transaction(in: ProviderScope()) { tx in
                let outcome = SignIn.afterPassword(account.standing, at: visit.now)
                let reply = try await advance.begin(outcome, account, tx)
                visit.audit.detail("step", .string(reply.step.rawValue))
                try await visit.audit.write(in: tx)
                return reply
            }
        }
    }

    private func refuse(
        _ account: OperatorAccount?, _ login: String, _ nowLocked: Bool, _ visit: OperatorVisit
    ) async throws {
        guard let account else {
            // A password typed into the wrong field is rarely a valid login, and then it is not kept.
            if let login = Login(login) { visit.audit.detail("login", .string(login.text)) }
            return
        }
        visit.audit.target("operator", account.id.text, name: account.login)
        guard nowLocked else { return }
        try await database.transaction(in: ProviderScope()) { tx in
            try await visit.audit.also(
                "operator.locked", kind: "operator", id: account.id.text, name: account.login, in: tx)
        }
    }
}

/// The second step: a code of the authenticator.
struct VerifyOperatorCode {
    let database: Database
    let seal: FactorSeal

    func callAsFunction(_ request: CodeRequest, _ visit: OperatorVisit) async throws -> SignInReply {
        let advance = AdvanceOperatorSignIn(visit: visit)
        let stored = try await advance.spend(request.token, on: .codeAccepted, database)
        visit.audit.target("operator", stored.operator.text)
        guard
            try await ProveOperatorCode(database: database, seal: seal)(
                request.code, of: stored.operator, at: visit.now)
        else { throw IdentityError.codeRefused }
        return try await database.transaction(in: ProviderScope()) { tx in
            let (stored, account) = try await advance.hold(request.token, tx)
            let outcome = try stored.state.after(.codeAccepted, account.standing, at: visit.now)
            try await visit.audit.write(in: tx)
            return try await advance.move(stored, token: request.token, outcome, account, tx)
        }
    }
}
