package import Kernel
package import Postgres
package import Tenancy

/// Moves people's faces under a tenant's new key.
package struct FaceRewrapping: ColumnRewrapping {
    package let database: Database

    package init(database: Database) {
        self.database = database
    }

    package var name: String { FaceFactorStore.table }

    package func count(besides key: TenantKeyID, in scope: TenantScope) -> SQL {
        """
        select count(*) from face_factors
        where tenant_id = \(scope.tenant) and tenant_key_id <> \(key)
        """
    }

    package func find(_ limit: Int, besides key: TenantKeyID, in scope: TenantScope) -> SQL {
        """
        select user_id, sealed_vector from face_factors
        where tenant_id = \(scope.tenant) and tenant_key_id <> \(key)
        order by user_id limit \(limit)
        """
    }

    package func put(_ fresh: SealedValue, insteadOf old: [UInt8], at row: UserID, in scope: TenantScope) -> SQL {
        """
        update face_factors set tenant_key_id = \(fresh.tenantKey), sealed_vector = \(fresh.bytes)
        where tenant_id = \(scope.tenant) and user_id = \(row) and sealed_vector = \(old)
        """
    }
}

/// The same for the key of the company's capture component.
package struct FaceComponentRewrapping: ColumnRewrapping {
    package let database: Database

    package init(database: Database) {
        self.database = database
    }

    package var name: String { FaceComponentStore.table }

    package func count(besides key: TenantKeyID, in scope: TenantScope) -> SQL {
        """
        select count(*) from face_components
        where tenant_id = \(scope.tenant) and tenant_key_id <> \(key)
        """
    }

    package func find(_ limit: Int, besides key: TenantKeyID, in scope: TenantScope) -> SQL {
        """
        select tenant_id, sealed_key from face_components
        where tenant_id = \(scope.tenant) and tenant_key_id <> \(key) limit \(limit)
        """
    }

    package func put(_ fresh: SealedValue, insteadOf old: [UInt8], at row: TenantID, in scope: TenantScope) -> SQL {
        """
        update face_components set tenant_key_id = \(fresh.tenantKey), sealed_key = \(fresh.bytes)
        where tenant_id = \(scope.tenant) and tenant_id = \(row) and sealed_key = \(old)
        """
    }
}
