package import HTTPAPI
import Kernel

/// The endpoints of sign-in rules.
package enum SignInRuleRoutes {
    private typealias Route = Endpoint<TenantAPI, Identity>

    package static let group = EndpointGroup<TenantAPI, Identity>("sign-in-rules") {
        Route.get(
            "show", "/sign-in-rules", summary: "Show who may sign in, from where and when",
            permission: .signInRulesRead, returns: SignInRules.self
        ) { identity, call in
            try await identity.signInRules(in: call.scope)
        }

        Route.put(
            "set", "/sign-in-rules", summary: "Say who may sign in, from where and when",
            permission: .signInRulesManage, audit: .action("sign-in-rules.changed"), body: SetSignInRules.self,
            returns: SignInRules.self, precondition: .ifMatch, errors: [.wouldLockYouOut], stepUp: .recent
        ) { identity, call in
            try await identity.setSignInRules(call.body, from: call.version ?? 0, call.request, call.acting)
        }

        Route.post(
            "try", "/sign-in-rules/try", summary: "Tell how a sign-in would be decided", permission: .signInRulesRead,
            audit: .none(because: "nothing comes of it"), body: TrySignInRequest.self, returns: TrySignInAnswer.self,
            idempotency: .off(because: "changes nothing")
        ) { identity, call in
            try await identity.trySignInRules(call.body, at: call.now, in: call.scope)
        }
    }
}

extension Permission {
    package static let signInRulesRead = Permission("sign-in-rules.read")
    package static let signInRulesManage = Permission("sign-in-rules.manage")
}
