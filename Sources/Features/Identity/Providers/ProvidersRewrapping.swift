package import Kernel
package import Postgres
package import Tenancy

/// Moves the secrets of identity providers under a tenant's new key.
package struct ProvidersRewrapping: ColumnRewrapping {
    package typealias Row = IdentityProviderID

    package let database: Database
    package var name: String { IdentityProviderStore.table }
    package var place: SealedPlace { SealedPlace("identity_providers", by: "identity_provider_id", "sealed_secret") }

    package init(database: Database) {
        self.database = database
    }
}
