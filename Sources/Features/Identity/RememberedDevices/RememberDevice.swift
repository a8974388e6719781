import Cryptography
import FoundationEssentials
import HTTPAPI
package import Kernel
import Postgres

// Browsers in which somebody is not asked again for some days: the second factor was shown there.
extension AdvanceSignIn {
    /// The hash of the browser's cookie, if it is one that this person had remembered by something that still counts here.
    func remembered(_ account: Account, in tx: Transaction) async throws -> [UInt8]? {
        guard visit.rememberDays > 0, account.standing.demand.mayRemember, !account.standing.mustChangePassword,
            let token = visit.request.cookie(RememberedDevice.cookie)
        else { return nil }
        let hash = RandomToken.hash(of: token).bytes
        guard
            let factor = try await RememberedDeviceStore.factor(
                hash, of: account.id, days: visit.rememberDays, at: visit.now, in: visit.scope, tx),
            account.standing.factors.contains(factor)
        else { return nil }
        try await RememberedDeviceStore.touch(hash, at: visit.now, in: visit.scope, tx)
        return hash
    }

    /// Remembers the browser in which somebody came in by a factor that counts. A recovery code is no such factor, and a
    /// sign-in that waits for something leaves nothing.
    func remember(
        _ account: Account, _ factor: SecondFactorKind?, after reply: SignInReply, in tx: Transaction
    ) async throws {
        guard reply.step == .done, visit.rememberDays > 0, account.standing.demand.mayRemember, let factor,
            account.standing.factors.contains(factor)
        else { return }
        let token = RandomToken()
        let end = visit.now + TimeInterval(visit.rememberDays * 86_400)
        try await RememberedDeviceStore.insert(
            token, of: account.id, factor, visit.request, until: end, at: visit.now, in: visit.scope, tx)
        try await visit.audit.also(
            "remembered-devices.added", kind: "user", id: account.id.text, name: account.login,
            details: ["days": .int(Int64(visit.rememberDays))], in: tx)
        visit.response.set(
            Cookie(RememberedDevice.cookie, token.text.reveal(), maxAge: visit.rememberDays * 86_400))
    }
}

extension Identity {
    package func rememberedDevices(_ acting: Acting) async throws -> RememberedDevices {
        RememberedDevices(
            items: try await RememberedDeviceStore.list(
                of: acting.user, at: acting.now, in: acting.scope, database))
    }

    package func forgetDevices(_ acting: Acting) async throws {
        acting.audit.target("user", acting.user.text)
        try await database.transaction(in: acting.scope) { tx in
            _ = try await AccountStore.lock(acting.user, in: acting.scope, tx)
            try await RememberedDeviceStore.forgetAll(of: acting.user, in: acting.scope, tx)
            try await acting.audit.write(in: tx)
        }
    }

    /// Of somebody else, for administrators.
    package func rememberedDevices(of user: UserID, _ acting: Acting) async throws -> RememberedDevices {
        guard try await directory.user(user, in: acting.scope) != nil else { throw IdentityError.notFound }
        return RememberedDevices(
            items: try await RememberedDeviceStore.list(of: user, at: acting.now, in: acting.scope, database))
    }

    package func forgetDevices(of user: UserID, _ acting: Acting) async throws {
        try await database.transaction(in: acting.scope) { tx in
            guard let account = try await AccountStore.lock(user, in: acting.scope, tx) else {
                throw IdentityError.notFound
            }
            acting.audit.target("user", user.text, name: account.login)
            try await acting.mayHandle(user, settings.catalogue, tx)
            try await RememberedDeviceStore.forgetAll(of: user, in: acting.scope, tx)
            try await acting.audit.write(in: tx)
        }
    }
}
