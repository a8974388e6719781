package import Messaging

extension WebhookQuestions {
    /// Those of approval flows.
    package static let ofFlows = WebhookQuestions(
        permission: .flowsManage,
        areAsked: { webhook, scope, transaction in
            try await DecisionLinkStore().isNamed(webhook, in: scope, transaction)
        },
        void: { webhook, now, scope, transaction in
            try await DecisionLinkStore().spend(carriedBy: webhook, at: now, in: scope, transaction)
        })
}
