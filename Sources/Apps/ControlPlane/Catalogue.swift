import Access
import Assets
import Billing
package import HTTPAPI
import Hosting
package import Identity
import Kernel
import Messaging
import Messengers
import Metering
import Notifications
import Operators
import ServiceLevels
import Sessions
import Support
import Tenancy
import Tickets
import Vault

/// Every operation of the product, known without a database: for the documents, the roles and the tests.
package enum Catalogue {
    package static let tenant: [HTTPAPI.Operation] =
        ProfileRoutes.group.operations + PasskeyRoutes.group.operations + DeviceLinkRoutes.group.operations
        + CodeRoutes.group.operations + FactorRuleRoutes.group.operations + FactorRuleRoutes.own.operations
        + RememberedDeviceRoutes.own.operations + RememberedDeviceRoutes.group.operations
        + PasskeyRootRoutes.group.operations + GeolocationRoutes.group.operations
        + AccessKeyRoutes.own.operations + SignInLinkRoutes.group.operations
        + BindingRoutes.group.operations
        + UserRoutes.group.operations + GroupRoutes.group.operations
        + RoleRoutes.group.operations + DutyRoutes.group.operations
        + ProviderRoutes.group.operations + SMSGatewayRoutes.group.operations
        + RADIUSFactorRoutes.own.operations + RADIUSFactorRoutes.group.operations
        + FaceRoutes.own.operations + FaceRoutes.group.operations + FaceRoutes.people.operations
        + SyncRoutes.group.operations + ProvisioningRoutes.group.operations
        + SignInRuleRoutes.group.operations
        + LockoutRoutes.group.operations + OnlineRoutes.group.operations
        + OrganizationRoutes.group.operations
        + AssetRoutes.group.operations + NodeRoutes.group.operations + AccountRoutes.group.operations
        + CheckOutRoutes.group.operations
        + AccessRoutes.group.operations + TicketRoutes.group.operations + BreakGlassRoutes.group.operations
        + DelegationRoutes.group.operations + RequestTemplateRoutes.group.operations
        + TicketExportRoutes.group.operations
        + FlowRoutes.group.operations
        + InboxRoutes.group.operations + SubscriptionRoutes.group.operations
        + NoticeTemplateRoutes.group.operations + AnnouncementRoutes.group.operations
        + WebhookRoutes.group.operations + ChannelRoutes.group.operations
        + SessionRoutes.group.operations + RecordingRoutes.group.operations
        + TerminalRoutes.group.operations + GatewayRoutes.group.operations + KeyRoutes.group.operations
        + AuditRoutes.group.operations + QuotaRoutes.group.operations + TenantUsageRoutes.group.operations
        + TenantInvoiceRoutes.group.operations + EndpointRuleRoutes.group.operations + SettingRoutes.group.operations
        + HostNameRoutes.group.operations + TestMailRoutes.group.operations
        + SupportRoutes.group.operations
        + PortalEventRoutes.group.operations

    package static let `public`: [HTTPAPI.Operation] =
        SignInRoutes.face.operations + SignInRoutes.group.operations + PasskeyRoutes.door.operations
        + CodeRoutes.door.operations + RADIUSFactorRoutes.door.operations
        + FaceRoutes.door.operations + FaceRoutes.component.operations
        + SignInLinkRoutes.door.operations
        + BrowserSignInRoutes.group.operations + DecisionLinkRoutes.group.operations
        + CallbackRoutes.group.operations
        + SupportDoorRoutes.group.operations

    /// For the programs of identity providers that provision people.
    package static let provisioning: [HTTPAPI.Operation] = SCIMRoutes.group.operations

    /// For visitors who want to become a tenant.
    package static let signUp: [HTTPAPI.Operation] = SignUpRoutes.visitors.operations

    package static let provider: [HTTPAPI.Operation] =
        TenantRoutes.group.operations + ErasureRoutes.group.operations + SignUpRoutes.provider.operations
        + MasterKeyRoutes.group.operations
        + ProviderWorkerRoutes.group.operations + ProviderPlacementRoutes.group.operations
        + UsageRoutes.group.operations
        + PlanRoutes.group.operations + ProviderQuotaRoutes.group.operations + BillingRoutes.group.operations
        + OperatorRoutes.group.operations + OperatorProfileRoutes.group.operations
        + ProviderAuditRoutes.group.operations + LevelRoutes.group.operations + ProviderSupportRoutes.group.operations
        + ProviderAnnouncementRoutes.group.operations

    /// What operators do before they have signed in.
    package static let providerDoor: [HTTPAPI.Operation] = OperatorSignInRoutes.group.operations

    package static let worker: [HTTPAPI.Operation] =
        EnrolmentRoutes.group.operations + WorkerRoutes.group.operations + WorkerRequestRoutes.group.operations
        + WorkerEventRoutes.group.operations

    package static let all: [HTTPAPI.Operation] =
        tenant + `public` + provisioning + signUp + provider + providerDoor + worker

    /// What operators' roles are made of.
    package static let providerPermissions = Set(provider.map(\.permission))

    /// What a tenant's roles are made of.
    package static let permissions = PermissionCatalogue(of: tenant)
}
