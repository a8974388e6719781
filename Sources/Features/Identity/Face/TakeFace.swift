import Cryptography
import FoundationEssentials
import HTTPAPI
import HTTPTypes
import Kernel
import Postgres
import Tenancy

/// Takes what a capture component posts, and says whether it was the right face. Nobody comes in by that alone: the browser
/// that was before the camera gets a word with which the sign-in, or the session, that waits goes on.
struct TakeFace {
    /// How far the component's clock may be off.
    static let tolerance: Double = 60

    let database: Database
    let keys: TenantKeys
    let lockout: Lockout
    let settings: IdentitySettings
    let now: Date
    let audit: AuditDraft
    let scope: TenantScope

    func callAsFunction(_ context: String, _ headers: HTTPFields, _ body: [UInt8]) async throws -> CallbackReply {
        // Whoever does not know the key learns of no context whether it is there.
        guard let component = try await FaceComponentStore.key(in: scope, database) else {
            audit.skip()
            throw IdentityError.faceCheckRefused
        }
        do {
            try await prove(context, headers, body, component.sealed)
        } catch IdentityError.faceCheckRefused {
            // Anybody can post anything; the trail is told of who knows what only the component and one browser do.
            if try await !FaceCheckStore.isThere(context, in: scope, database) { audit.skip() }
            throw IdentityError.faceCheckRefused
        }
        let face = try CapturedFace(parsing: body)
        guard let check = try await FaceCheckStore.take(context, at: now, in: scope, database) else {
            throw IdentityError.faceCheckRefused
        }
        audit.target("user", check.user.text)
        audit.detail("purpose", .string(check.purpose.rawValue))
        if let address = check.address { audit.detail("from", .string(address)) }
        let isSeen = face.isLive || !component.liveness
        let code = RandomToken()
        let hasPassed =
            check.purpose == .enrol
            ? try await keep(face, isSeen, check, code) : try await compare(face, isSeen, check, code)
        guard hasPassed else {
            audit.detail("reason", .string(isSeen ? "other-face" : "not-live"))
            try await audit.refuse(because: .codeRefused)
            return reply("failed", check, "failed=\(check.id.text)")
        }
        return reply("passed", check, "check=\(check.id.text)&code=\(code.text.reveal())")
    }

    private func prove(_ context: String, _ headers: HTTPFields, _ body: [UInt8], _ sealed: [UInt8]) async throws {
        let text = try await keys.open(
            sealed, table: FaceComponentStore.table, row: scope.tenant.text, version: 1, in: scope)
        // What was signed for one context is good for no other one.
        guard let secret = WebhookSecret(String(decoding: text, as: UTF8.self)), headers[.faceID] == context else {
            throw IdentityError.faceCheckRefused
        }
        do {
            try WebhookVerifier(secrets: [secret], toleranceSeconds: Self.tolerance).verify(
                id: context, timestamp: headers[.faceTimestamp] ?? "", signatures: headers[.faceSignature] ?? "",
                body: body, now: now)
        } catch {
            throw IdentityError.faceCheckRefused
        }
    }

    /// The face of somebody who enrols: theirs once they confirm it where they began.
    private func keep(
        _ face: CapturedFace, _ isSeen: Bool, _ check: TakenFaceCheck, _ code: RandomToken
    ) async throws -> Bool {
        guard isSeen else { return false }
        let sealed = try await keys.seal(
            face.vector.bytes, table: FaceCheckStore.table, row: check.id.text, version: 1, in: scope)
        return try await database.transaction(in: scope) { tx in
            guard let account = try await AccountStore.lock(check.user, in: scope, tx), account.isActive,
                try await FaceCheckStore.pass(
                    check.id, code: code, vector: sealed.bytes, at: now, in: scope, tx)
            else { return false }
            try await audit.write(in: tx)
            return true
        }
    }

    /// A face is a guess as a code is: none is looked at while the account is locked, and another one's counts.
    private func compare(
        _ face: CapturedFace, _ isSeen: Bool, _ check: TakenFaceCheck, _ code: RandomToken
    ) async throws -> Bool {
        let known = try await vector(of: check.user)
        let attempt = try await lockout.attempt(of: check.user, from: check.address, at: now, in: scope) {
            account, tx -> Bool? in
            guard isSeen, account.standing.asked.contains(.face), known?.matches(face.vector) == true,
                try await FaceCheckStore.pass(check.id, code: code, at: now, in: scope, tx)
            else { return nil }
            try await audit.write(in: tx)
            return true
        }
        guard case .wrong(let nowLocked) = attempt else { return true }
        if nowLocked {
            try await RefuseSignIn(database: database, settings: settings).tellLock(
                of: check.user, "", audit, at: now, in: scope)
        }
        return false
    }

    private func vector(of user: UserID) async throws -> FaceVector? {
        guard let sealed = try await FaceFactorStore.vector(of: user, in: scope, database) else { return nil }
        return FaceVector(
            bytes: try await keys.open(
                sealed, table: FaceFactorStore.table, row: user.text, version: 1, in: scope))
    }

    /// The component sends the browser on; what it carries stands behind the `#`.
    private func reply(_ outcome: String, _ check: TakenFaceCheck, _ fragment: String) -> CallbackReply {
        let json: JSON = [
            "outcome": .string(outcome), "returnTo": .string("\(check.portal)/face#\(fragment)"),
        ]
        return CallbackReply(mediaType: "application/json", body: json.bytes)
    }
}

extension HTTPField.Name {
    fileprivate static let faceID = HTTPField.Name("webhook-id")!
    fileprivate static let faceTimestamp = HTTPField.Name("webhook-timestamp")!
    fileprivate static let faceSignature = HTTPField.Name("webhook-signature")!
}
