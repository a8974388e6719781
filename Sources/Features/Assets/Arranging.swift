package import FoundationEssentials
package import HTTPAPI
package import Kernel
package import Postgres

/// Who says how an asset is labelled, where it lies, what it stands for or who owns it. Flows choose by that who decides about
/// requests, so it is remembered of whoever says it without looking after flows: for their own requests it counts against them.
package struct Arranging: Sendable {
    package let user: UserID
    /// They look after the flows that could be chosen: what they say holds, also where it is what others said before.
    package let looksAfterFlows: Bool

    package init(user: UserID, looksAfterFlows: Bool) {
        self.user = user
        self.looksAfterFlows = looksAfterFlows
    }

    /// `flows` is where this person looks after flows, `assets` where after assets.
    package init(user: UserID, flows: TenantScope?, assets: TenantScope) {
        self.user = user
        looksAfterFlows =
            switch (flows, flows?.organizations, assets.organizations) {
            case (nil, _, _): false
            case (_, nil, _): true
            case (_, let flows?, let assets?): Set(flows).isSuperset(of: assets)
            case (_, _?, nil): false
            }
    }
}

extension Arranging {
    /// Remembers who has said what an asset's accounts may do, in the transaction in which they say it.
    package func noteAccounts(
        of asset: AssetID, at now: Date, in scope: TenantScope, _ transaction: Transaction
    ) async throws {
        guard !looksAfterFlows else { return }
        try await ArrangementStore.note(self, Arranged(rest: true), of: asset, at: now, in: scope, transaction)
    }
}

/// What somebody says by which flows go.
struct Arranged {
    var owner = false
    /// Labels, folders, and what the asset is.
    var rest = false
}

extension Call where API == TenantAPI {
    /// The permission is of the feature of requests, by its name: this one lies below it.
    /// Nil for somebody of the provider who is inside by the company's consent: they are no user of it, and ask for nothing.
    package var arranging: Arranging? {
        guard caller.support == nil else { return nil }
        return Arranging(user: actor, flows: scope(of: Permission("flows.manage")), assets: scope)
    }
}

/// The SQL of who has arranged what: who has named the owner is one mark, who has said the rest another. Whoever looks after
/// flows settles what they say, so that nobody's own ownership is settled along with a label, nor a label with an owner.
enum ArrangementStore {
    static func note(
        _ arranging: Arranging?, _ said: Arranged, of asset: AssetID, at now: Date, in scope: TenantScope,
        _ transaction: Transaction
    ) async throws {
        guard let arranging, said.owner || said.rest else { return }
        guard !arranging.looksAfterFlows else {
            _ = try await transaction.execute(
                """
                delete from asset_arrangements where tenant_id = \(scope.tenant) and asset_id = \(asset)
                    and not (gave_owner and not \(said.owner)::boolean) and not (gave_rest and not \(said.rest)::boolean)
                """)
            _ = try await transaction.execute(
                """
                update asset_arrangements set gave_owner = gave_owner and not \(said.owner)::boolean,
                    gave_rest = gave_rest and not \(said.rest)::boolean
                where tenant_id = \(scope.tenant) and asset_id = \(asset)
                """)
            return
        }
        _ = try await transaction.execute(
            """
            insert into asset_arrangements as r (tenant_id, asset_id, user_id, gave_owner, gave_rest, arranged_at)
            values (\(scope.tenant), \(asset), \(arranging.user), \(said.owner), \(said.rest), \(now))
            on conflict on constraint asset_arrangements_pk do update
            set gave_owner = r.gave_owner or excluded.gave_owner, gave_rest = r.gave_rest or excluded.gave_rest,
                arranged_at = excluded.arranged_at
            """)
    }

    static func note(
        _ arranging: Arranging?, _ said: Arranged, of node: NodeID, at now: Date, in scope: TenantScope,
        _ transaction: Transaction
    ) async throws {
        guard let arranging, said.owner || said.rest else { return }
        guard !arranging.looksAfterFlows else {
            _ = try await transaction.execute(
                """
                delete from node_arrangements where tenant_id = \(scope.tenant) and node_id = \(node)
                    and not (gave_owner and not \(said.owner)::boolean) and not (gave_rest and not \(said.rest)::boolean)
                """)
            _ = try await transaction.execute(
                """
                update node_arrangements set gave_owner = gave_owner and not \(said.owner)::boolean,
                    gave_rest = gave_rest and not \(said.rest)::boolean
                where tenant_id = \(scope.tenant) and node_id = \(node)
                """)
            return
        }
        _ = try await transaction.execute(
            """
            insert into node_arrangements as r (tenant_id, node_id, user_id, gave_owner, gave_rest, arranged_at)
            values (\(scope.tenant), \(node), \(arranging.user), \(said.owner), \(said.rest), \(now))
            on conflict on constraint node_arrangements_pk do update
            set gave_owner = r.gave_owner or excluded.gave_owner, gave_rest = r.gave_rest or excluded.gave_rest,
                arranged_at = excluded.arranged_at
            """)
    }
}
