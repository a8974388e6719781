package import HTTPAPI
import Kernel
import Metering

extension Permission {
    package static let webhooksRead = Permission("webhooks.read")
    package static let webhooksManage = Permission("webhooks.manage")
}

/// The endpoints of webhooks and their deliveries.
package enum WebhookRoutes {
    private typealias Route = Endpoint<TenantAPI, Messaging>

    package static let group = EndpointGroup<TenantAPI, Messaging>("webhooks") {
        Route.list(
            "list", "/webhooks", summary: "List webhooks", permission: .webhooksRead, by: Webhook.listing
        ) { messaging, call in
            try await messaging.list(call.query, in: call.scope)
        }

        Route.post(
            "create", "/webhooks", summary: "Add a webhook", permission: .webhooksManage,
            audit: .action("webhook.created"), body: CreateWebhook.self, returns: NewWebhook.self, status: 201,
            errors: [.webhookNameTaken, .webhookLimit], stepUp: .recent,
            idempotency: .off(because: "shows the secret once")
        ) { messaging, call in
            try await messaging.create(call.body, at: call.now, audit: call.audit, in: call.scope)
        }

        Route.get(
            "show", "/webhooks/{webhook}", WebhookID.self, summary: "Show a webhook", permission: .webhooksRead,
            returns: Webhook.self
        ) { messaging, call in
            try await messaging.find(call.path, in: call.scope)
        }

        Route.patch(
            "change", "/webhooks/{webhook}", WebhookID.self, summary: "Change a webhook",
            permission: .webhooksManage, audit: .action("webhook.changed"), body: ChangeWebhook.self,
            returns: Webhook.self, errors: [.webhookNameTaken], stepUp: .recent
        ) { messaging, call in
            try await messaging.change(
                call.path, to: call.body, from: call.version, mayAsk: mayAsk(messaging, call), at: call.now,
                audit: call.audit, in: call.scope)
        }

        Route.delete(
            "delete", "/webhooks/{webhook}", WebhookID.self, summary: "Delete a webhook",
            permission: .webhooksManage, audit: .action("webhook.deleted")
        ) { messaging, call in
            try await messaging.delete(call.path, audit: call.audit, in: call.scope)
            return Nothing()
        }

        Route.post(
            "roll-secret", "/webhooks/{webhook}/secret", WebhookID.self, summary: "Replace the secret of a webhook",
            permission: .webhooksManage, audit: .action("webhook.secret-rolled"), body: RollWebhookSecret.self,
            returns: NewWebhook.self, stepUp: .recent, idempotency: .off(because: "shows the secret once")
        ) { messaging, call in
            try await messaging.roll(
                call.path, call.body, mayAsk: mayAsk(messaging, call), at: call.now, audit: call.audit, in: call.scope)
        }

        Route.post(
            "test", "/webhooks/{webhook}/test", WebhookID.self, summary: "Send a test event to a webhook",
            permission: .webhooksManage, audit: .action("webhook.tested"), returns: WebhookTest.self, status: 201,
            errors: [.webhookDisabled, .quotaExceeded]
        ) { messaging, call in
            try await messaging.test(call.path, at: call.now, audit: call.audit, in: call.scope)
        }

        Route.post(
            "replay", "/webhooks/{webhook}/replay", WebhookID.self, summary: "Send deliveries of a webhook again",
            permission: .webhooksManage, audit: .action("webhook.replayed"), body: ReplayDeliveries.self,
            returns: ReplayedDeliveries.self, errors: [.quotaExceeded]
        ) { messaging, call in
            try await messaging.replay(call.path, call.body, at: call.now, audit: call.audit, in: call.scope)
        }

        Route.get(
            "events", "/webhook-event-types", summary: "Show the events that webhooks may hear of",
            permission: .webhooksRead, returns: EventKinds.self
        ) { messaging, _ in
            messaging.kinds
        }

        Route.list(
            "deliveries", "/webhook-deliveries", summary: "List deliveries", permission: .webhooksRead,
            by: Delivery.listing
        ) { messaging, call in
            try await messaging.deliveries(call.query, in: call.scope)
        }

        Route.get(
            "delivery", "/webhook-deliveries/{delivery}", DeliveryID.self,
            summary: "Show a delivery with its payload and attempts", permission: .webhooksRead,
            returns: DeliveryDetail.self
        ) { messaging, call in
            try await messaging.delivery(call.path, in: call.scope)
        }

        Route.post(
            "retry", "/webhook-deliveries/{delivery}/retry", DeliveryID.self, summary: "Send a delivery again",
            permission: .webhooksManage, audit: .action("delivery.retried"), returns: Nothing.self,
            errors: [.deliveryNotDead, .quotaExceeded]
        ) { messaging, call in
            try await messaging.retry(call.path, at: call.now, audit: call.audit, in: call.scope)
            return Nothing()
        }

        Route.get(
            "allowances", "/egress-allowances", summary: "Show the private hosts that calls may reach",
            permission: .webhooksRead, returns: EgressAllowances.self
        ) { messaging, call in
            try await messaging.allowances(in: call.scope)
        }

        Route.put(
            "allow", "/egress-allowances", summary: "Replace the private hosts that calls may reach",
            permission: .webhooksManage, audit: .action("egress.changed"), body: EgressAllowances.self,
            returns: EgressAllowances.self, stepUp: .recent
        ) { messaging, call in
            try await messaging.replaceAllowances(
                call.body, by: call.actor, audit: call.audit, in: call.scope)
        }
    }
    /// Whether the caller may say, for the whole tenant, through what approvers are asked.
    private static func mayAsk<Path, Query, Body>(
        _ messaging: Messaging, _ call: Call<TenantAPI, Path, Query, Body>
    ) -> Bool {
        call.scope(of: messaging.questions.permission).map { $0.organizations == nil } ?? false
    }
}
