import Access
import Assets
import Identity
import Messaging
import Messengers
import Metering
import Sessions
import Support
import Tenancy
import Tickets
import Vault

extension EventKinds {
    /// What every feature says that it publishes. Tests hold it against what is published.
    static let published = EventKinds(
        items: (AccessEvents.kinds + AssetEvents.kinds + Identity.eventKinds + MessengerEvents.kinds + QuotaEvents.kinds
            + SessionEvents.kinds
            + Support.eventKinds + TenantEvents.kinds + TicketEvents.kinds + VaultEvents.kinds)
            .map { EventKind($0.type, $0.members) }.sorted { $0.type < $1.type })
}
