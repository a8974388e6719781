package import HTTPAPI
import Kernel

/// The endpoints of sign-in rules, and of sign-ins that wait for somebody's word.
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

    package static let reviews = EndpointGroup<TenantAPI, Identity>("sign-in-reviews") {
        Route.list(
            "list", "/sign-in-reviews", summary: "List sign-ins that wait for one's word, or did",
            permission: .signInReviewsDecide, by: SignInReview.listing
        ) { identity, call in
            try await identity.signInReviews(call.query, for: call.actor, in: call.scope)
        }

        Route.post(
            "decide", "/sign-in-reviews/{review}/decision", SignInReviewID.self,
            summary: "Agree to a sign-in that waits, or refuse it", permission: .signInReviewsDecide,
            audit: .action("sign-in-review.decided"), body: DecideSignInRequest.self, returns: SignInReview.self,
            errors: [.reviewOver], stepUp: .recent
        ) { identity, call in
            try await identity.decideSignInReview(call.path, call.body, call.acting)
        }
    }
}

extension Permission {
    package static let signInRulesRead = Permission("sign-in-rules.read")
    package static let signInRulesManage = Permission("sign-in-rules.manage")
    /// To give one's word about others who want to come in, where a rule names one.
    package static let signInReviewsDecide = Permission("sign-in-reviews.decide")
}
