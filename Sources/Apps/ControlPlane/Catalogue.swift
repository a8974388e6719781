import Access
import Assets
package import HTTPAPI
import Hosting
package import Identity
import Kernel
import Messaging
import Metering
import Sessions
import Tenancy
import Tickets
import Vault

/// Every operation of the product, known without a database: for the documents, the roles and the tests.
package enum Catalogue {
    package static let tenant: [HTTPAPI.Operation] =
        ProfileRoutes.group.operations + UserRoutes.group.operations + GroupRoutes.group.operations
        + GroupRoutes.roles.operations
        + AssetRoutes.group.operations + NodeRoutes.group.operations + AccountRoutes.group.operations
        + AccessRoutes.group.operations + TicketRoutes.group.operations + FlowRoutes.group.operations
        + WebhookRoutes.group.operations + SessionRoutes.group.operations + RecordingRoutes.group.operations
        + TerminalRoutes.group.operations + GatewayRoutes.group.operations + KeyRoutes.group.operations
        + AuditRoutes.group.operations + SettingRoutes.group.operations
        + PortalEventRoutes.group.operations

    package static let `public`: [HTTPAPI.Operation] =
        SignInRoutes.group.operations + DecisionLinkRoutes.group.operations

    package static let provider: [HTTPAPI.Operation] =
        TenantRoutes.group.operations + MasterKeyRoutes.group.operations + ProviderWorkerRoutes.group.operations
        + UsageRoutes.group.operations

    package static let worker: [HTTPAPI.Operation] =
        EnrolmentRoutes.group.operations + WorkerRoutes.group.operations + WorkerEventRoutes.group.operations

    package static let all: [HTTPAPI.Operation] = tenant + `public` + provider + worker

    /// What a tenant's roles are made of.
    package static let permissions = PermissionCatalogue(Set(tenant.map(\.permission)))
}
