import Cryptography
import FoundationEssentials
import HTTPAPI
import Kernel
import Postgres
import Tenancy

/// Adds, changes, orders and removes gateways. Through them go codes that let people in: so whoever does it may do whatever
/// those may, and the administrators are told.
struct ChangeSMSGateways {
    let database: Database
    let keys: TenantKeys
    let catalogue: PermissionCatalogue

    func create(_ request: CreateSMSGateway, _ acting: Acting) async throws -> SMSGateway {
        try acting.mayHandle(catalogue.all)
        let gateway = SMSGateway(
            id: .new(at: acting.now), name: request.name, enabled: request.enabled, kind: request.settings.kind,
            settings: request.settings, hasSecret: request.secret != nil, createdAt: acting.now, version: 1)
        guard gateway.hasSecret == request.settings.needsSecret else {
            throw Self.secret(isMissing: !gateway.hasSecret)
        }
        let sealed = try await seal(request.secret, for: gateway.id, in: acting.scope)
        return try await database.transaction(in: acting.scope) { tx in
            guard
                try await SMSGatewayStore.insert(
                    gateway, request.settings, secret: sealed, in: acting.scope, tx)
            else {
                throw IdentityError.tooMany("There are \(SMSGateway.most) gateways at most; remove one.")
            }
            try await tell("created", gateway, acting, tx)
            return gateway
        }
    }

    func callAsFunction(
        _ id: SMSGatewayID, to change: ChangeSMSGateway, from version: Int, _ acting: Acting
    ) async throws -> SMSGateway {
        try acting.mayHandle(catalogue.all)
        // Sealed before the transaction: keys are never waited for with a connection in hand.
        var sealed: SealedValue?
        if case .set(let secret) = change.secret { sealed = try await seal(secret, for: id, in: acting.scope) }
        return try await database.transaction(in: acting.scope) { tx in
            var gateway = try await hold(id, acting, tx)
            guard gateway.version == version else { throw IdentityError.changed }
            let settings = if case .set(let new) = change.settings { new } else { gateway.settings }
            if let settings {
                try await keepSecret(sealed, of: &gateway, under: settings, acting, tx)
            } else if sealed != nil {
                // Nobody knows where it would go.
                throw Invalid("are needed: those that are kept cannot be read", field: "settings")
            }
            gateway.kind = settings?.kind ?? gateway.kind
            gateway.settings = settings
            gateway.name = change.name.applied(to: gateway.name)
            gateway.enabled = change.enabled.applied(to: gateway.enabled)
            gateway.version += 1
            try await SMSGatewayStore.update(gateway, settings, in: acting.scope, tx)
            try await tell("changed", gateway, acting, tx)
            return gateway
        }
    }

    /// The secret that is new, or the one before if it goes where it went.
    private func keepSecret(
        _ sealed: SealedValue?, of gateway: inout SMSGateway, under settings: SMSGatewaySettings, _ acting: Acting,
        _ tx: Transaction
    ) async throws {
        guard sealed == nil || settings.needsSecret else { throw Self.secret(isMissing: false) }
        let keeps =
            gateway.hasSecret && settings.needsSecret
            && gateway.settings.map(settings.mayKeepSecret) == true
        guard sealed != nil || keeps || !settings.needsSecret else { throw Self.secret(isMissing: true) }
        guard sealed != nil || !keeps else { return }
        try await SMSGatewayStore.setSecret(sealed, of: gateway.id, in: acting.scope, tx)
        gateway.hasSecret = sealed != nil
    }

    func remove(_ id: SMSGatewayID, _ acting: Acting) async throws {
        try acting.mayHandle(catalogue.all)
        try await database.transaction(in: acting.scope) { tx in
            let gateway = try await hold(id, acting, tx)
            try await SMSGatewayStore.remove(id, in: acting.scope, tx)
            try await tell("removed", gateway, acting, tx)
        }
    }

    func order(_ ids: [SMSGatewayID], _ acting: Acting) async throws {
        try acting.mayHandle(catalogue.all)
        try await database.transaction(in: acting.scope) { tx in
            guard try await SMSGatewayStore.order(ids, in: acting.scope, tx) else {
                throw Invalid("must name every gateway once", field: "items")
            }
            acting.audit.detail("order", .array(ids.map { .string($0.text) }))
            try await tell("ordered", nil, acting, tx)
        }
    }

    private func tell(_ change: String, _ gateway: SMSGateway?, _ acting: Acting, _ tx: Transaction) async throws {
        if let gateway {
            acting.audit.target("sms-gateway", gateway.id.text, name: gateway.name)
            acting.audit.detail("kind", .string(gateway.kind))
        }
        try await IdentityEvent.smsGatewaysChanged.publish(
            gateway?.id.text ?? acting.scope.tenant.text,
            [
                "change": .string(change), "name": .string(gateway?.name ?? ""), "by": .string(acting.user.text),
                "at": .string(Timestamp.text(acting.now)),
            ], at: acting.now, in: acting.scope, tx)
        try await acting.audit.write(in: tx)
    }

    private func hold(_ id: SMSGatewayID, _ acting: Acting, _ tx: Transaction) async throws -> SMSGateway {
        guard let gateway = try await SMSGatewayStore.lock(id, in: acting.scope, tx) else {
            throw IdentityError.notFound
        }
        return gateway
    }

    private func seal(_ secret: Secret?, for id: SMSGatewayID, in scope: TenantScope) async throws -> SealedValue? {
        guard let secret else { return nil }
        return try await keys.seal(
            Array(secret.reveal().utf8), table: SMSGatewayStore.table, row: id.text, version: 1, in: scope)
    }

    private static func secret(isMissing: Bool) -> Invalid {
        Invalid(
            isMissing ? "is needed: for another place it has to be given again" : "is of no use with these settings",
            field: "secret")
    }
}
