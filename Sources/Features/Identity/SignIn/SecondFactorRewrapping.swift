package import Kernel
package import Postgres
package import Tenancy

/// Moves second factors under a tenant's new key.
package struct SecondFactorRewrapping: ColumnRewrapping {
    package typealias Row = UserID

    package let database: Database
    package var name: String { SecondFactorStore.table }
    package var place: SealedPlace { SealedPlace("totp_secrets", by: "user_id", "sealed") }

    package init(database: Database) {
        self.database = database
    }
}
