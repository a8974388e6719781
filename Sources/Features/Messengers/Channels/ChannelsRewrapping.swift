package import Kernel
package import Postgres
package import Tenancy

/// Moves the secrets of channels under a tenant's new key.
package struct ChannelsRewrapping: ColumnRewrapping {
    package typealias Row = MessengerChannelID

    package let database: Database
    package var name: String { ChannelStore.table }
    package var place: SealedPlace { SealedPlace("messenger_channels", by: "channel_id", "sealed_secrets") }

    package init(database: Database) {
        self.database = database
    }
}
