import Access
import Assets
import Audit
import Hosting
import Identity
import Messaging
import Metering
import Sessions
import Tenancy
import Tickets
import Vault

/// The facades of all features, built once.
struct Features: Sendable {
    let tenancy: Tenancy
    let keys: TenantKeys
    let identity: Identity
    let assets: Assets
    let vault: Vault
    let access: Access
    let messaging: Messaging
    let tickets: Tickets
    let sessions: Sessions
    let recordings: Recordings
    let terminals: TerminalTokens
    let hosting: Hosting
    let gateways: Gateways
    let metering: Metering
    let trail: AuditLog
    let directory: TenantDirectory
    let tenants: TenantSettings
    let settings: Settings
    let rewrap: RewrapSecrets
    let masterKey: MasterKeyDesk
}
