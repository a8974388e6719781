import Access
import Assets
import Billing
import Crypto
import Cryptography
import FoundationEssentials
import HTTPAPI
import Hosting
import Identity
import Kernel
import Logging
import Messaging
import Messengers
import Metering
import Notifications
import Operators
import Postgres
import ServiceLevels
import Sessions
import Support
import Tenancy
import Tickets
import Vault

/// What every gate needs, whatever its surface.
struct GateParts: Sendable {
    let limits: RateLimits
    let tenants: TenantThrottle
    /// Shared by all surfaces on which a tenant's people and programs call.
    let admission: FairAdmission<TenantID>
    /// Where those stand of whom nothing is known yet. They are looked at a few at a time, so that a crowd at the door does
    /// not stand before everybody else in the line for the database.
    let doorway: FairAdmission<TenantID>
    let trail: AuditTrail
    let idempotency: PostgresIdempotencyStore
    let cursors: CursorCodec
    let logger: Logger

    func gate<API: Surface>(
        _ authenticate: @escaping @Sendable (Incoming) async throws -> Authenticated<API.Caller>
    ) -> Gate<API> {
        Gate(
            authenticate: authenticate, throttle: limits.wait, audit: trail.writer, idempotency: idempotency,
            cursors: cursors, logger: logger)
    }
}

extension Features {
    /// Every endpoint behind the gate of its surface. There is no other way in.
    func endpoints(
        _ parts: GateParts, authenticating console: ProviderAuthenticator,
        workers: WorkerAuthenticator, workerEvents: WorkerEvents,
        portalEvents: PortalEventHub
    ) -> [MountedEndpoint] {
        let authenticator = identity.authenticator
        var tenant: Gate<TenantAPI> = parts.gate { [calls, support, throttle = parts.tenants] request in
            try throttle.check(request)
            if let guest = try await support.authenticate(request, at: Date()) {
                try await throttle.take(guest.caller.scope.tenant, request)
                return guest
            }
            let authenticated = try await authenticator(request)
            let caller = authenticated.caller
            try await throttle.take(caller.scope.tenant, request)
            calls.count(caller.user, of: caller.scope.tenant, at: Date())
            return authenticated
        }
        tenant.admission = parts.admission
        let programs = identity.provisioningAuthenticator
        var program: Gate<ProvisioningAPI> = parts.gate { [throttle = parts.tenants] request in
            try throttle.check(request)
            let authenticated = try await programs(request)
            try await throttle.take(authenticated.caller.scope.tenant, request)
            return authenticated
        }
        program.admission = parts.admission
        let anyone: Gate<PublicAPI> = parts.gate { try PublicAPI.authenticate($0) }
        let visitor: Gate<PublicAPI> = parts.gate { [open = OpenCompanies(tenancy), doorway = parts.doorway] request in
            let visitor = try PublicAPI.authenticate(request)
            let scope = visitor.caller.scope
            guard !open.remembers(scope.tenant) else { return visitor }
            let looked: Void? = try await doorway.serve(scope.tenant) { try await open.require(scope, at: Date()) }
            guard looked != nil else { throw Problem.tooMany(after: 1) }
            return visitor
        }
        let stranger: Gate<SignUpAPI> = parts.gate { SignUpAPI.authenticate($0) }
        let provider: Gate<ProviderAPI> = parts.gate { try await console($0) }
        let newOperator: Gate<ProviderDoorAPI> = parts.gate { ProviderDoorAPI.authenticate($0) }
        let worker: Gate<WorkerAPI> = parts.gate { try await workers($0) }
        let newcomer: Gate<EnrolmentAPI> = parts.gate { EnrolmentAPI.authenticate($0) }
        let people =
            ProfileRoutes.group.mounted(on: identity, behind: tenant)
            + PasskeyRoutes.group.mounted(on: identity, behind: tenant)
            + PasskeyRootRoutes.group.mounted(on: identity, behind: tenant)
            + GeolocationRoutes.group.mounted(on: identity, behind: tenant)
            + DeviceLinkRoutes.group.mounted(on: identity, behind: tenant)
            + CodeRoutes.group.mounted(on: identity, behind: tenant)
            + AccessKeyRoutes.own.mounted(on: identity, behind: tenant)
            + SignInLinkRoutes.group.mounted(on: identity, behind: tenant)
            + SignInLinkRoutes.door.mounted(on: identity, behind: visitor)
            + FactorRuleRoutes.group.mounted(on: identity, behind: tenant)
            + FactorRuleRoutes.own.mounted(on: identity, behind: tenant)
            + BindingRoutes.group.mounted(on: identity, behind: tenant)
            + RememberedDeviceRoutes.own.mounted(on: identity, behind: tenant)
            + RememberedDeviceRoutes.group.mounted(on: identity, behind: tenant)
            + UserRoutes.group.mounted(on: identity, behind: tenant)
            + GroupRoutes.group.mounted(on: identity, behind: tenant)
            + RoleRoutes.group.mounted(on: identity, behind: tenant)
            + DutyRoutes.group.mounted(on: identity, behind: tenant)
            + ProviderRoutes.group.mounted(on: identity, behind: tenant)
            + SMSGatewayRoutes.group.mounted(on: identity, behind: tenant)
            + RADIUSFactorRoutes.own.mounted(on: identity, behind: tenant)
            + RADIUSFactorRoutes.group.mounted(on: identity, behind: tenant)
            + FaceRoutes.own.mounted(on: identity, behind: tenant)
            + FaceRoutes.group.mounted(on: identity, behind: tenant)
            + FaceRoutes.people.mounted(on: identity, behind: tenant)
            + SyncRoutes.group.mounted(on: identity, behind: tenant)
            + ProvisioningRoutes.group.mounted(on: identity, behind: tenant)
            + SCIMRoutes.group.mounted(on: identity, behind: program)
            + SignInRuleRoutes.group.mounted(on: identity, behind: tenant)
            + LockoutRoutes.group.mounted(on: identity, behind: tenant)
            + OnlineRoutes.group.mounted(on: identity, behind: tenant)
            + OrganizationRoutes.group.mounted(on: identity, behind: tenant)
            + SignInRoutes.face.mounted(on: identity, behind: anyone)
            + SignInRoutes.group.mounted(on: identity, behind: visitor)
            + PasskeyRoutes.door.mounted(on: identity, behind: visitor)
            + CodeRoutes.door.mounted(on: identity, behind: visitor)
            + RADIUSFactorRoutes.door.mounted(on: identity, behind: visitor)
            + FaceRoutes.door.mounted(on: identity, behind: visitor)
            + FaceRoutes.component.mounted(on: identity, behind: visitor)
            + BrowserSignInRoutes.group.mounted(on: identity, behind: visitor)
        let estate =
            AssetRoutes.group.mounted(on: assets, behind: tenant)
            + NodeRoutes.group.mounted(on: assets, behind: tenant)
            + AccountRoutes.group.mounted(on: vault, behind: tenant)
            + CheckOutRoutes.group.mounted(on: vault, behind: tenant)
        let asking =
            AccessRoutes.group.mounted(on: access, behind: tenant)
            + TicketRoutes.group.mounted(on: tickets, behind: tenant)
            + BreakGlassRoutes.group.mounted(on: tickets, behind: tenant)
            + DelegationRoutes.group.mounted(on: tickets, behind: tenant)
            + RequestTemplateRoutes.group.mounted(on: tickets, behind: tenant)
            + TicketExportRoutes.group.mounted(on: tickets, behind: tenant)
            + FlowRoutes.group.mounted(on: tickets, behind: tenant)
            + DecisionLinkRoutes.group.mounted(on: tickets, behind: visitor)
            + WebhookRoutes.group.mounted(on: messaging, behind: tenant)
            + ChannelRoutes.group.mounted(on: messengers, behind: tenant)
            + CallbackRoutes.group.mounted(on: messengers, behind: visitor)
        let telling =
            InboxRoutes.group.mounted(on: notifications, behind: tenant)
            + SubscriptionRoutes.group.mounted(on: notifications, behind: tenant)
            + NoticeTemplateRoutes.group.mounted(on: notifications, behind: tenant)
            + AnnouncementRoutes.group.mounted(on: notifications, behind: tenant)
        let watching =
            SessionRoutes.group.mounted(on: sessions, behind: tenant)
            + RecordingRoutes.group.mounted(on: recordings, behind: tenant)
            + TerminalRoutes.group.mounted(on: terminals, behind: tenant)
            + GatewayRoutes.group.mounted(on: gateways, behind: tenant)
            + EndpointRuleRoutes.group.mounted(on: hosting, behind: tenant)
            + KeyRoutes.group.mounted(on: KeyDesk(tenancy: tenancy, rewrap: rewrap), behind: tenant)
            + SettingRoutes.group.mounted(on: settings, behind: tenant)
            + HostNameRoutes.group.mounted(on: hostNames, behind: tenant)
            + TestMailRoutes.group.mounted(on: testMail, behind: tenant)
            + AuditRoutes.group.mounted(on: trail, behind: tenant)
            + PortalEventRoutes.group.mounted(on: portalEvents, behind: tenant)
            + QuotaRoutes.group.mounted(on: plans, behind: tenant)
            + TenantUsageRoutes.group.mounted(on: metering, behind: tenant)
            + TenantInvoiceRoutes.group.mounted(on: billing, behind: tenant)
            + SupportRoutes.group.mounted(on: support, behind: tenant)
            + SupportDoorRoutes.group.mounted(on: support, behind: visitor)
        let hosts =
            TenantRoutes.group.mounted(on: tenancy, behind: provider)
            + ErasureRoutes.group.mounted(on: erasure, behind: provider)
            + SignUpRoutes.provider.mounted(on: signUps, behind: provider)
            + SignUpRoutes.visitors.mounted(on: signUps, behind: stranger)
            + MasterKeyRoutes.group.mounted(on: masterKey, behind: provider)
            + ProviderWorkerRoutes.group.mounted(on: hosting, behind: provider)
            + ProviderPlacementRoutes.group.mounted(on: hosting, behind: provider)
            + UsageRoutes.group.mounted(on: metering, behind: provider)
            + PlanRoutes.group.mounted(on: plans, behind: provider)
            + ProviderQuotaRoutes.group.mounted(on: plans, behind: provider)
            + BillingRoutes.group.mounted(on: billing, behind: provider)
            + OperatorRoutes.group.mounted(on: operators, behind: provider)
            + OperatorProfileRoutes.group.mounted(on: operators, behind: provider)
            + OperatorSignInRoutes.group.mounted(on: operators, behind: newOperator)
            + ProviderAuditRoutes.group.mounted(on: providerTrail, behind: provider)
            + LevelRoutes.group.mounted(on: levels, behind: provider)
            + ProviderSupportRoutes.group.mounted(on: support, behind: provider)
            + ProviderAnnouncementRoutes.group.mounted(on: notifications, behind: provider)
            + EnrolmentRoutes.group.mounted(on: hosting, behind: newcomer)
            + WorkerRoutes.group.mounted(on: hosting, behind: worker)
            + WorkerRequestRoutes.group.mounted(on: hosting, behind: worker)
            + WorkerEventRoutes.group.mounted(on: workerEvents, behind: worker)
        return people + estate + asking + telling + watching + hosts
    }
}
