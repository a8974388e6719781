import Kernel

extension Access {
    /// Does what is due for the grants of each tenant; where that fails, for each grant alone, so that one keeps no other from
    /// its turn. Throws the first of the failures once it has come to all.
    func sweep(
        _ due: [(tenant: TenantID, grants: [GrantID])], _ work: (TenantScope, [GrantID]) async throws -> Void
    ) async throws {
        var failure: (any Error)?
        for (tenant, grants) in due {
            let scope = TenantScope(tenant: tenant)
            do {
                try await work(scope, grants)
            } catch {
                guard grants.count > 1 else {
                    failure = failure ?? error
                    continue
                }
                for grant in grants {
                    do { try await work(scope, [grant]) } catch { failure = failure ?? error }
                }
            }
        }
        if let failure { throw failure }
    }
}
