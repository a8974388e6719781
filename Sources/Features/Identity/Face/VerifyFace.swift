import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres

/// The second step of a sign-in, and a fresh second factor, by the person's face: goes on with what the browser brings back
/// that was before the camera. Whoever sends somebody else there does not get it.
struct VerifyFace {
    let database: Database
    let lockout: Lockout
    let settings: IdentitySettings

    func begin(_ token: String, _ visit: Visit) async throws -> FaceCapture {
        try await lockout.admit(visit.request.clientAddress, at: visit.now, in: visit.scope)
        let advance = AdvanceSignIn(visit: visit)
        let (stored, account) = try await database.transaction(in: visit.scope) { tx in
            try await advance.hold(token, in: tx)
        }
        try stored.state.admits(.codeAccepted, at: visit.now)
        guard account.standing.asked.contains(.face) else { throw IdentityError.faceUnavailable }
        return try await BeginFaceCheck(
            database: database, portal: settings.portal, request: visit.request, now: visit.now, scope: visit.scope
        )(for: .signIn(stored.id), of: stored.user)
    }

    func callAsFunction(_ request: FaceFactorRequest, _ visit: Visit) async throws -> SignInReply {
        let address = visit.request.clientAddress
        try await lockout.admit(address, at: visit.now, in: visit.scope)
        let advance = AdvanceSignIn(visit: visit)
        let stored = try await advance.spend(request.token, on: .codeAccepted, database)
        visit.audit.target("user", stored.user.text)
        visit.audit.detail("factor", .string(SecondFactorKind.face.rawValue))
        let isRight = try await prove(
            request.code, for: .signIn(stored.id), of: stored.user, from: address, at: visit.now, in: visit.scope
        ) {
            try await RefuseSignIn(database: database, settings: settings).tellLock(
                of: stored.user, "", visit.audit, at: visit.now, in: visit.scope)
        }
        guard isRight else { throw IdentityError.codeRefused }
        return try await database.transaction(in: visit.scope) { tx in
            let (stored, account) = try await advance.hold(request.token, in: tx)
            let outcome = try stored.state.after(.codeAccepted, account.standing, by: .face, at: visit.now)
            try await visit.audit.write(in: tx)
            let reply = try await advance.move(stored, token: request.token, outcome, account, in: tx)
            if request.remember { try await advance.remember(account, .face, after: reply, in: tx) }
            return reply
        }
    }

    /// Of somebody who is signed in.
    func stepUp(
        _ code: String, in session: WebSessionID, _ proof: Proof, from address: String, _ acting: Acting
    ) async throws {
        acting.audit.target("user", acting.user.text)
        let isRight = try await prove(
            code, for: .stepUp(session), of: acting.user, from: address, at: acting.now, in: acting.scope)
        guard isRight else { throw IdentityError.codeRefused }
        try await database.transaction(in: acting.scope) { tx in
            try await DemandFactors.check(
                .face, of: acting.user, from: address, now: acting.now, in: acting.scope, tx)
            try await ProfileStore.setSecondFactor(.face, of: proof, at: acting.now, in: acting.scope, tx)
            try await acting.audit.write(in: tx)
        }
    }

    private func prove(
        _ code: String, for purpose: FacePurpose, of user: UserID, from address: String, at now: Date,
        in scope: TenantScope, whenLocked: () async throws -> Void = {}
    ) async throws -> Bool {
        let attempt = try await lockout.attempt(of: user, from: address, at: now, in: scope) { account, tx -> Bool? in
            guard account.standing.asked.contains(.face),
                try await FaceCheckStore.use(code, for: purpose, of: user, at: now, in: scope, tx)
            else { return nil }
            return true
        }
        guard case .wrong(let nowLocked) = attempt else { return true }
        if nowLocked { try await whenLocked() }
        return false
    }
}
