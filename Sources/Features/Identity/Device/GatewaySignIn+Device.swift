import Cryptography
package import FoundationEssentials
package import Kernel
import Postgres
import Tenancy

// People at a gateway who sign in with a browser: they have no password here, or one that only their own provider takes.
extension GatewaySignIn {
    /// Whether anybody of this company signs in by browser; it does not depend on who asks.
    package func offersBrowser(in scope: TenantScope) async throws -> Bool {
        try await !IdentityProviderStore.offered(in: scope, database).isEmpty
    }

    /// A link for whoever waits under this login; nil if the company has too many open ones. A login that nobody has gets
    /// one like any other, which nobody can confirm.
    package func openLink(
        _ admission: AdmissionID, login: String, from address: String, at now: Date, in scope: TenantScope
    ) async throws -> DeviceLink? {
        guard await settings.throttle(address) == nil else { throw IdentityError.busy }
        let token = RandomToken()
        let code = ComparisonCode.make()
        // What can be no login is shown a link as well, that leads nowhere.
        if let login = Login(login) {
            let isOpen = try await database.transaction(in: scope) { tx in
                try await DeviceLinkStore.insert(
                    admission, token: token, code: code, login: login, from: address, at: now, in: scope, tx)
            }
            guard isOpen else { return nil }
        }
        let slug = try await database.first(
            "select slug from tenants where tenant_id = \(scope.tenant)", in: scope
        ) { try $0.next(String.self) }
        return DeviceLink(url: settings.portal.url(of: slug ?? "") + "/device#" + token.text.reveal(), code: code)
    }

    /// What has become of a link. Confirmed is told once; whether the tenant's rules let the person in is asked as for
    /// every other proof.
    package func outcome(
        of admission: AdmissionID, login: String, at now: Date, in scope: TenantScope
    ) async throws -> DeviceLinkOutcome {
        guard let login = Login(login) else { return .waiting }
        return try await database.transaction(in: scope) { tx in
            guard
                let look = try await DeviceLinkStore.look(at: admission, login: login, now: now, in: scope, tx)
            else { return .over }
            guard let user = look.confirmedBy else { return .waiting }
            try await DeviceLinkStore.remove(admission, in: scope, tx)
            return .confirmed(user, byProvider: look.isByProvider, showing: look.shown)
        }
    }
}
