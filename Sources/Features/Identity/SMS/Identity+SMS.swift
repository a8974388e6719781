package import FoundationEssentials
import HTTPAPI
package import Kernel
import Postgres

// Gateways for text messages.
extension Identity {
    var sendSMS: SendSMS { SendSMS(database: database, keys: keys, directories: settings.directories) }

    private var changeGateways: ChangeSMSGateways {
        ChangeSMSGateways(database: database, keys: keys, catalogue: settings.catalogue)
    }

    package func smsGateways(in scope: TenantScope) async throws -> SMSGateways {
        try await settings.directories.undelivered.write(in: scope, at: Date(), database)
        return SMSGateways(items: try await SMSGatewayStore.all(in: scope, database).map(\.gateway))
    }

    package func smsGateway(_ id: SMSGatewayID, in scope: TenantScope) async throws -> SMSGateway {
        try await settings.directories.undelivered.write(in: scope, at: Date(), database)
        guard let found = try await SMSGatewayStore.find(id, in: scope, database) else {
            throw IdentityError.notFound
        }
        return found.gateway
    }

    package func createSMSGateway(_ request: CreateSMSGateway, _ acting: Acting) async throws -> SMSGateway {
        try await changeGateways.create(request, acting)
    }

    package func changeSMSGateway(
        _ id: SMSGatewayID, to change: ChangeSMSGateway, from version: Int, _ acting: Acting
    ) async throws -> SMSGateway {
        try await changeGateways(id, to: change, from: version, acting)
    }

    package func removeSMSGateway(_ id: SMSGatewayID, _ acting: Acting) async throws {
        try await changeGateways.remove(id, acting)
    }

    package func orderSMSGateways(_ request: OrderSMSGateways, _ acting: Acting) async throws -> SMSGateways {
        try await changeGateways.order(request.items, acting)
        return try await smsGateways(in: acting.scope)
    }

    package func testSMSGateway(
        _ id: SMSGatewayID, _ request: TestSMSGateway, _ acting: Acting
    ) async throws -> SMSGatewayTest {
        try await TryOutSMSGateway(
            database: database, send: sendSMS, tenants: tenants, catalogue: settings.catalogue)(id, request, acting)
    }

    /// Tells somebody by text message that a request waits for their answer; false if no message went out.
    package func noticeBySMS(
        ofRequest number: Int, to user: UserID, at now: Date, in scope: TenantScope
    ) async throws -> Bool {
        try await SendNotice(database: database, messages: sendSMS, tenants: tenants)(
            ofRequest: number, to: user, at: now, in: scope)
    }
}
