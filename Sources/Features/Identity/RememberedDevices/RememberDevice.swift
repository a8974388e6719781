import Cryptography
import FoundationEssentials
import HTTPAPI
package import Kernel
import Postgres

// Browsers in which somebody is not asked again for some days: the second factor was shown there.
extension AdvanceSignIn {
    /// Whether the browser is one that this person had remembered, by something that still counts here.
    func isRemembered(_ account: Account, in tx: Transaction) async throws -> Bool {
        guard visit.rememberDays > 0, account.standing.demand.mayRemember, !account.standing.mustChangePassword,
            let token = visit.request.cookie(RememberedDevice.cookie),
            let factor = try await RememberedDeviceStore.use(
                token, of: account.id, at: visit.now, in: visit.scope, tx)
        else { return false }
        return account.standing.factors.contains(factor)
    }

    /// Remembers the browser in which a factor that counts was shown just now. A recovery code is no such factor.
    func remember(_ account: Account, _ factor: SecondFactorKind?, in tx: Transaction) async throws -> RandomToken? {
        guard visit.rememberDays > 0, account.standing.demand.mayRemember, let factor,
            account.standing.factors.contains(factor)
        else { return nil }
        let token = RandomToken()
        let end = visit.now + TimeInterval(visit.rememberDays * 86_400)
        try await RememberedDeviceStore.insert(
            token, of: account.id, factor, visit.request, until: end, at: visit.now, in: visit.scope, tx)
        visit.audit.detail("remembered", .int(Int64(visit.rememberDays)))
        return token
    }

    func set(_ device: RandomToken) {
        visit.response.set(
            Cookie(RememberedDevice.cookie, device.text.reveal(), maxAge: visit.rememberDays * 86_400))
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
