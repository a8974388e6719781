package import HTTPAPI
import Identity
import Kernel

/// The endpoints of the provider's own people.
package enum OperatorRoutes {
    private typealias Route = Endpoint<ProviderAPI, Operators>

    package static let group = EndpointGroup<ProviderAPI, Operators>("operators") {
        Route.list(
            "list", "/operators", summary: "List operators", permission: .providerOperators,
            by: ProviderOperator.listing
        ) { operators, call in
            try await operators.list(call.query, in: call.scope)
        }

        Route.get(
            "show", "/operators/{operator}", ProviderOperatorID.self, summary: "Show an operator",
            permission: .providerOperators, returns: ProviderOperator.self
        ) { operators, call in
            try await operators.find(call.path, in: call.scope)
        }

        Route.post(
            "add", "/operators", summary: "Take an operator in", permission: .providerOperators,
            audit: .action("operator.added"), body: AddOperatorRequest.self, returns: AddedOperator.self, status: 201,
            errors: [.operatorLoginTaken], rate: .sensitive, stepUp: .recent
        ) { operators, call in
            try await operators.add(call.body, call.acting)
        }

        Route.patch(
            "change", "/operators/{operator}", ProviderOperatorID.self, summary: "Change an operator's name or roles",
            permission: .providerOperators, audit: .action("operator.changed"), body: ChangeOperatorRequest.self,
            returns: ProviderOperator.self, errors: [.lastOperator, .notYourOwnAccount], stepUp: .recent
        ) { operators, call in
            try await operators.change(call.path, to: call.body, from: call.version ?? 0, call.acting)
        }

        Route.post(
            "disable", "/operators/{operator}/disable", ProviderOperatorID.self, summary: "Shut an operator out",
            permission: .providerOperators, audit: .action("operator.disabled"), returns: ProviderOperator.self,
            errors: [.lastOperator, .notYourOwnAccount], stepUp: .recent
        ) { operators, call in
            try await operators.disable(call.path, call.acting)
        }

        Route.post(
            "enable", "/operators/{operator}/enable", ProviderOperatorID.self, summary: "Let an operator in again",
            permission: .providerOperators, audit: .action("operator.enabled"), returns: ProviderOperator.self,
            stepUp: .recent
        ) { operators, call in
            try await operators.enable(call.path, call.acting)
        }

        Route.post(
            "unlock", "/operators/{operator}/unlock", ProviderOperatorID.self,
            summary: "End the lock of an operator's account", permission: .providerOperators,
            audit: .action("operator.unlocked"), returns: ProviderOperator.self
        ) { operators, call in
            try await operators.unlock(call.path, call.acting)
        }

        Route.post(
            "invite", "/operators/{operator}/invitation", ProviderOperatorID.self,
            summary: "Take password and authenticator away, and make a link to come in by",
            permission: .providerOperators, audit: .action("operator.invited"), returns: Invitation.self,
            errors: [.notYourOwnAccount], rate: .sensitive, stepUp: .recent
        ) { operators, call in
            try await operators.invite(call.path, call.acting)
        }
    }
}
