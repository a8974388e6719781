import Access
import Assets
import Crypto
import Cryptography
import FoundationEssentials
import HTTPAPI
import Hosting
import Identity
import Kernel
import Logging
import Messaging
import Metering
import Postgres
import Sessions
import Tenancy
import Tickets
import Vault

/// What every gate needs, whatever its surface.
struct GateParts: Sendable {
    let limits: RateLimits
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
        _ parts: GateParts, operators: ProviderOperators, workers: WorkerAuthenticator, workerEvents: WorkerEvents,
        portalEvents: PortalEventHub
    ) -> [MountedEndpoint] {
        let authenticator = identity.authenticator
        let tenant: Gate<TenantAPI> = parts.gate { try await authenticator($0) }
        let anyone: Gate<PublicAPI> = parts.gate { try PublicAPI.authenticate($0) }
        let provider: Gate<ProviderAPI> = parts.gate { try operators.authenticate($0) }
        let worker: Gate<WorkerAPI> = parts.gate { try await workers($0) }
        let newcomer: Gate<EnrolmentAPI> = parts.gate { EnrolmentAPI.authenticate($0) }
        let people =
            ProfileRoutes.group.mounted(on: identity, behind: tenant)
            + UserRoutes.group.mounted(on: identity, behind: tenant)
            + GroupRoutes.group.mounted(on: identity, behind: tenant)
            + GroupRoutes.roles.mounted(on: identity, behind: tenant)
            + SignInRoutes.group.mounted(on: identity, behind: anyone)
        let estate =
            AssetRoutes.group.mounted(on: assets, behind: tenant)
            + NodeRoutes.group.mounted(on: assets, behind: tenant)
            + AccountRoutes.group.mounted(on: vault, behind: tenant)
        let asking =
            AccessRoutes.group.mounted(on: access, behind: tenant)
            + TicketRoutes.group.mounted(on: tickets, behind: tenant)
            + FlowRoutes.group.mounted(on: tickets, behind: tenant)
            + DecisionLinkRoutes.group.mounted(on: tickets, behind: anyone)
            + WebhookRoutes.group.mounted(on: messaging, behind: tenant)
        let watching =
            SessionRoutes.group.mounted(on: sessions, behind: tenant)
            + RecordingRoutes.group.mounted(on: recordings, behind: tenant)
            + TerminalRoutes.group.mounted(on: terminals, behind: tenant)
            + GatewayRoutes.group.mounted(on: gateways, behind: tenant)
            + KeyRoutes.group.mounted(on: KeyDesk(tenancy: tenancy, rewrap: rewrap), behind: tenant)
            + SettingRoutes.group.mounted(on: settings, behind: tenant)
            + AuditRoutes.group.mounted(on: trail, behind: tenant)
            + PortalEventRoutes.group.mounted(on: portalEvents, behind: tenant)
        let hosts =
            TenantRoutes.group.mounted(on: tenancy, behind: provider)
            + MasterKeyRoutes.group.mounted(on: masterKey, behind: provider)
            + ProviderWorkerRoutes.group.mounted(on: hosting, behind: provider)
            + UsageRoutes.group.mounted(on: metering, behind: provider)
            + EnrolmentRoutes.group.mounted(on: hosting, behind: newcomer)
            + WorkerRoutes.group.mounted(on: hosting, behind: worker)
            + WorkerEventRoutes.group.mounted(on: workerEvents, behind: worker)
        return people + estate + asking + watching + hosts
    }
}
