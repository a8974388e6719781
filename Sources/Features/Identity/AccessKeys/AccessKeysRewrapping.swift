package import Kernel
package import Postgres
package import Tenancy

/// Moves what programs sign with under a tenant's new key.
package struct AccessKeysRewrapping: ColumnRewrapping {
    package typealias Row = AccessKeyID

    package let database: Database
    package var name: String { AccessKeyStore.table }
    package var place: SealedPlace { SealedPlace("access_keys", by: "access_key_id", "sealed") }

    package init(database: Database) {
        self.database = database
    }
}
