package import HTTPAPI
import Kernel

/// The endpoints by which administrators are divided into three.
package enum DutyRoutes {
    private typealias Route = Endpoint<TenantAPI, Identity>

    package static let group = EndpointGroup<TenantAPI, Identity>("duties") {
        Route.get(
            "show", "/duty-separation", summary: "Show how administrators are divided, or would be",
            permission: .dutiesRead, returns: DutySeparation.self
        ) { identity, call in
            try await identity.dutySeparation(at: call.now, in: call.scope)
        }

        Route.post(
            "propose", "/duty-separation/proposal", summary: "Ask for the separation of duties to be switched",
            permission: .dutiesManage, audit: .action("duty-separation.proposed"), body: WantDutySeparation.self,
            returns: DutySeparation.self, errors: [.dutiesDecided, .dutiesNotReady], stepUp: .recent
        ) { identity, call in
            try await identity.proposeDutySeparation(call.body.on, call.acting)
        }

        Route.delete(
            "withdraw", "/duty-separation/proposal", summary: "Take back what was asked for",
            permission: .dutiesManage, audit: .action("duty-separation.withdrawn"), stepUp: .recent
        ) { identity, call in
            try await identity.withdrawDutySeparation(call.acting)
            return Nothing()
        }

        Route.post(
            "decide", "/duty-separation/decision", summary: "Switch the separation of duties on or off, as the second",
            permission: .dutiesManage, audit: .action("duty-separation.changed"), body: WantDutySeparation.self,
            returns: DutySeparation.self, errors: [.dutiesNotReady, .secondPersonNeeded], stepUp: .recent
        ) { identity, call in
            try await identity.decideDutySeparation(call.body.on, call.acting)
        }
    }
}
