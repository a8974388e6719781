package import Postgres

/// Moves the secrets of settings under a tenant's new key.
package struct SettingsRewrapping: ColumnRewrapping {
    package typealias Row = String

    package let database: Database
    package var name: String { SettingStore.table }
    package var place: SealedPlace { SealedPlace("tenant_setting_values", by: "key", "sealed") }

    package init(database: Database) {
        self.database = database
    }
}
