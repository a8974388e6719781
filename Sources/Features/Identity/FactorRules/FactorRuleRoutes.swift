package import HTTPAPI
import Kernel

/// The endpoints of the rules about second factors.
package enum FactorRuleRoutes {
    private typealias Route = Endpoint<TenantAPI, Identity>

    package static let group = EndpointGroup<TenantAPI, Identity>("factor-rules") {
        Route.get(
            "show", "/factor-rules", summary: "Show of whom a second factor is asked", permission: .signInRulesRead,
            returns: FactorRules.self
        ) { identity, call in
            try await identity.factorRules(in: call.scope)
        }

        Route.put(
            "set", "/factor-rules", summary: "Say of whom a second factor is asked", permission: .signInRulesManage,
            audit: .action("factor-rules.changed"), body: SetFactorRules.self, returns: FactorRules.self,
            precondition: .ifMatch, errors: [.wouldLockYouOut], stepUp: .recent
        ) { identity, call in
            try await identity.setFactorRules(call.body, from: call.version ?? 0, call.request, call.acting)
        }

        Route.post(
            "try", "/factor-rules/try", summary: "Tell what would be asked of somebody", permission: .signInRulesRead,
            audit: .none(because: "nothing comes of it"), body: TryFactorsRequest.self, returns: TryFactorsAnswer.self,
            idempotency: .off(because: "changes nothing")
        ) { identity, call in
            try await identity.tryFactorRules(call.body, at: call.now, in: call.scope)
        }
    }

    package static let own = EndpointGroup<TenantAPI, Identity>("me") {
        Route.post(
            "want-second-factor", "/me/second-factor", summary: "Be asked for a second factor from now on",
            permission: .profile, audit: .action("profile.second-factor-wanted"), returns: Nothing.self
        ) { identity, call in
            try await identity.wantSecondFactor(call.acting)
            return Nothing()
        }
    }
}
