import FoundationEssentials
import Kernel
import Postgres
import Tenancy

/// Tells somebody by a text message that a request waits for them, if the company wants that: a notice, and nothing that
/// anybody could answer.
struct SendNotice {
    let database: Database
    let messages: SendSMS
    let tenants: TenantSettings

    /// False if none went out: they are off, the person has confirmed no number, or enough went out lately.
    func callAsFunction(
        ofRequest request: Int, to user: UserID, at now: Date, in scope: TenantScope
    ) async throws -> Bool {
        guard try await tenants.value(of: Setting.smsNotices, in: scope) else { return false }
        // What nobody can send is not counted: notices share what the company sends in an hour.
        let gateways = try await SMSGatewayStore.all(in: scope, database)
        guard gateways.contains(where: { $0.gateway.enabled && $0.gateway.settings?.takesNotices == true }) else {
            return false
        }
        let limits = try await SMSLimits.read(tenants, in: scope)
        let place = try await database.transaction(in: scope) { tx -> CodeFactorStore.Destination? in
            guard let account = try await AccountStore.lock(user, in: scope, tx), account.isActive,
                let place = try await CodeFactorStore.destination(of: user, by: .sms, for: .proof, in: scope, tx),
                let number = PhoneNumber(place.address),
                try await limits.takeNotice(number, for: user, at: now, in: scope, tx)
            else { return nil }
            return place
        }
        guard let place, let number = PhoneNumber(place.address) else { return false }
        let message = SMSMessage(
            number: number, content: .request(request), company: place.company,
            isChinese: place.language.lowercased().hasPrefix("zh"))
        guard case .taken = try await messages(message, at: now, in: scope) else { return false }
        return true
    }
}
