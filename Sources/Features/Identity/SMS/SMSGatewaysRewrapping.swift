package import Kernel
package import Postgres
package import Tenancy

/// Moves the secrets of gateways for text messages under a tenant's new key.
package struct SMSGatewaysRewrapping: ColumnRewrapping {
    package typealias Row = SMSGatewayID

    package let database: Database
    package var name: String { SMSGatewayStore.table }
    package var place: SealedPlace { SealedPlace("sms_gateways", by: "sms_gateway_id", "sealed_secret") }

    package init(database: Database) {
        self.database = database
    }
}
