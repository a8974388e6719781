package import Kernel
package import Postgres
package import Tenancy

/// Moves people's faces under a tenant's new key.
package struct FaceRewrapping: ColumnRewrapping {
    package typealias Row = UserID

    package let database: Database
    package var name: String { FaceFactorStore.table }
    package var place: SealedPlace { SealedPlace("face_factors", by: "user_id", "sealed_vector") }

    package init(database: Database) {
        self.database = database
    }
}

/// The same for the key of the company's capture component.
package struct FaceComponentRewrapping: ColumnRewrapping {
    package typealias Row = TenantID

    package let database: Database
    package var name: String { FaceComponentStore.table }
    package var place: SealedPlace { SealedPlace("face_components", by: "tenant_id", "sealed_key") }

    package init(database: Database) {
        self.database = database
    }
}
