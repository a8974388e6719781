import Access
import Assets
import Audit
import Billing
import Hosting
import Identity
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

/// The facades of all features, built once.
struct Features: Sendable {
    let tenancy: Tenancy
    let erasure: TenantErasure
    let signUps: SignUps
    let keys: TenantKeys
    let identity: Identity
    let operators: Operators
    let support: Support
    let assets: Assets
    let vault: Vault
    let access: Access
    let messaging: Messaging
    let mailer: Mailer
    let notifications: Notifications
    let hostNames: CheckHostName
    let testMail: TestMail
    let tickets: Tickets
    let reviews: Reviews
    let messengers: Messengers
    let sessions: Sessions
    let recordings: Recordings
    let terminals: TerminalTokens
    let hosting: Hosting
    let gateways: Gateways
    let metering: Metering
    let plans: Plans
    let calls: CallCounter
    let billing: Billing
    let levels: ServiceLevels
    let trail: AuditLog
    let providerTrail: ProviderAuditLog
    let directory: TenantDirectory
    let tenants: TenantSettings
    let settings: Settings
    let rewrap: RewrapSecrets
    let masterKey: MasterKeyDesk
}
