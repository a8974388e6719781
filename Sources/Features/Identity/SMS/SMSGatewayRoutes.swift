package import HTTPAPI
import Kernel

/// The endpoints of gateways for text messages. Whoever may change how people prove who they are may change them.
package enum SMSGatewayRoutes {
    private typealias Route = Endpoint<TenantAPI, Identity>

    package static let group = EndpointGroup<TenantAPI, Identity>("sms-gateways") {
        Route.get(
            "list", "/sms-gateways", summary: "Show by what text messages go out",
            permission: .identityProvidersRead, returns: SMSGateways.self
        ) { identity, call in
            try await identity.smsGateways(in: call.scope)
        }

        Route.post(
            "create", "/sms-gateways", summary: "Add a gateway for text messages",
            permission: .identityProvidersManage, audit: .action("sms-gateway.created"), body: CreateSMSGateway.self,
            returns: SMSGateway.self, status: 201, errors: [.nameTaken, .limitReached], stepUp: .recent
        ) { identity, call in
            try await identity.createSMSGateway(call.body, call.acting)
        }

        Route.put(
            "order", "/sms-gateways/order", summary: "Say which gateway is asked first",
            permission: .identityProvidersManage, audit: .action("sms-gateways.ordered"), body: OrderSMSGateways.self,
            returns: SMSGateways.self, stepUp: .recent
        ) { identity, call in
            try await identity.orderSMSGateways(call.body, call.acting)
        }

        Route.get(
            "show", "/sms-gateways/{gateway}", SMSGatewayID.self, summary: "Show a gateway for text messages",
            permission: .identityProvidersRead, returns: SMSGateway.self
        ) { identity, call in
            try await identity.smsGateway(call.path, in: call.scope)
        }

        Route.patch(
            "change", "/sms-gateways/{gateway}", SMSGatewayID.self, summary: "Change a gateway for text messages",
            permission: .identityProvidersManage, audit: .action("sms-gateway.changed"), body: ChangeSMSGateway.self,
            returns: SMSGateway.self, errors: [.nameTaken], stepUp: .recent
        ) { identity, call in
            try await identity.changeSMSGateway(call.path, to: call.body, from: call.version ?? 0, call.acting)
        }

        Route.delete(
            "remove", "/sms-gateways/{gateway}", SMSGatewayID.self, summary: "Remove a gateway for text messages",
            permission: .identityProvidersManage, audit: .action("sms-gateway.removed"), stepUp: .recent
        ) { identity, call in
            try await identity.removeSMSGateway(call.path, call.acting)
            return Nothing()
        }

        Route.post(
            "test", "/sms-gateways/{gateway}/test", SMSGatewayID.self,
            summary: "Send a code that opens nothing through a gateway", permission: .identityProvidersManage,
            audit: .action("sms-gateway.tested"), body: TestSMSGateway.self, returns: SMSGatewayTest.self,
            rate: .sensitive, stepUp: .recent,
            idempotency: .off(because: "sends another message each time")
        ) { identity, call in
            try await identity.testSMSGateway(call.path, call.body, call.acting)
        }
    }
}
