import Assets
package import HTTPAPI
import Kernel

extension Permission {
    package static let grantsRead = Permission("grants.read")
    package static let grantsManage = Permission("grants.manage")
    package static let accessExplain = Permission("access.explain")
    package static let accessTry = Permission("access.try")
    package static let assetsMine = Permission("assets.mine")
}

/// The endpoints of grants and decisions.
package enum AccessRoutes {
    private typealias Route = Endpoint<TenantAPI, Access>

    package static let group = EndpointGroup<TenantAPI, Access>("access") {
        Route.list(
            "grants", "/grants", summary: "List grants", permission: .grantsRead, by: Grant.listing
        ) { access, call in
            try await access.list(call.query, in: call.scope)
        }

        Route.list(
            "inherited", "/organizations/{organization}/inherited-grants", OrganizationID.self,
            summary: "List grants and denials of other organizations that hold in one", permission: .grantsRead,
            by: InheritedGrant.listing
        ) { access, call in
            try await access.inherited(by: call.path, call.query, in: call.scope)
        }

        Route.post(
            "grant", "/grants", summary: "Grant or deny access", permission: .grantsManage,
            audit: .action("grant.created"), body: CreateGrant.self, returns: Grant.self, status: 201,
            errors: [.unknownGrantMember]
        ) { access, call in
            try await access.create(call.body, by: call.actor, at: call.now, audit: call.audit, in: call.scope)
        }

        Route.get(
            "show", "/grants/{grant}", GrantID.self, summary: "Show a grant", permission: .grantsRead,
            returns: Grant.self
        ) { access, call in
            try await access.find(call.path, in: call.scope)
        }

        Route.post(
            "revoke", "/grants/{grant}/revoke", GrantID.self, summary: "Revoke a grant and end its sessions",
            permission: .grantsManage, audit: .action("grant.revoked"), body: RevokeGrant.self, returns: Grant.self,
            errors: [.grantNotActive]
        ) { access, call in
            try await access.revoke(
                call.path, call.body, by: call.actor, at: call.now, audit: call.audit, in: call.scope)
        }

        Route.post(
            "extend", "/grants/{grant}/extend", GrantID.self, summary: "Move the end of a grant to later",
            permission: .grantsManage, audit: .action("grant.extended"), body: ExtendGrant.self, returns: Grant.self,
            errors: [.grantNotActive, .grantEndNotLater, .grantIsEmergency]
        ) { access, call in
            try await access.extend(call.path, call.body, at: call.now, audit: call.audit, in: call.scope)
        }

        Route.post(
            "decide", "/access/decide", summary: "Explain whether somebody may do something, and why",
            permission: .accessExplain, audit: .none(because: "it changes nothing and shows no secret"),
            body: ExplainAccess.self, returns: AccessExplanation.self, errors: [.notFound]
        ) { access, call in
            try await access.explain(call.body, at: call.now, in: call.scope)
        }

        Route.post(
            "try", "/access/try", summary: "Show who would lose or gain what by a change, by what was done lately",
            permission: .accessTry, audit: .action("access.tried"), body: TryAccess.self, returns: AccessTrial.self,
            errors: [.grantNotActive, .unknownGrantMember, .accessTrialTooLarge], rate: .expensive,
            idempotency: .off(because: "it changes nothing, and a later answer is a better one")
        ) { access, call in
            try await access.attempt(call.body, at: call.now, audit: call.audit, in: call.scope)
        }

        Route.list(
            "mine", "/my/assets", summary: "What I may reach now", permission: .assetsMine,
            by: ReachableAsset.listing
        ) { access, call in
            try await access.reach(of: call.actor, call.query, at: call.now, in: call.scope)
        }

        Route.get(
            "peers", "/my/peer-access", summary: "Names of what others in my groups may reach and I may not",
            permission: .assetsRequestable, returns: PeerAccess.self, rate: .expensive
        ) { access, call in
            try await access.peers(of: call.actor, at: call.now, in: call.scope)
        }

        Route.list(
            "held", "/my/grants", summary: "What access I hold, and until when", permission: .assetsMine,
            by: MyGrant.listing
        ) { access, call in
            try await access.held(by: call.actor, call.query, at: call.now, in: call.scope)
        }

        Route.post(
            "hand-back", "/my/grants/{grant}/hand-back", GrantID.self,
            summary: "Hand back access that I asked for, and end my sessions on it", permission: .assetsMine,
            audit: .action("grant.handed-back"), returns: MyGrant.self, errors: [.grantNotActive]
        ) { access, call in
            try await access.handBack(call.path, by: call.actor, at: call.now, audit: call.audit, in: call.scope)
        }
    }
}
