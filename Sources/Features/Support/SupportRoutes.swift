package import HTTPAPI
package import Kernel

/// What the provider's support does.
package enum ProviderSupportRoutes {
    private typealias Route = Endpoint<ProviderAPI, Support>

    package static let group = EndpointGroup<ProviderAPI, Support>("provider-support") {
        Route.list(
            "list", "/support-accesses", summary: "List support accesses", permission: .providerSupport,
            by: SupportWish.listing
        ) { support, call in
            try await support.wishes(call.query, of: call.actor, at: call.now, in: call.scope)
        }

        Route.post(
            "ask", "/tenants/{tenant}/support-accesses", TenantID.self, summary: "Ask a tenant for support access",
            permission: .providerSupport, audit: .action("support.asked"), body: AskForSupport.self,
            returns: AskedSupport.self, status: 201, errors: [.supportPending, .supportNotOpen], rate: .sensitive
        ) { support, call in
            AskedSupport(id: try await support.ask(call.body, call.path, call.supporting))
        }

        Route.post(
            "withdraw", "/support-accesses/{access}/withdraw", SupportAccessID.self,
            summary: "Take back a wish, or end the access", permission: .providerSupport,
            audit: .action("support.withdrawn"), returns: Nothing.self, errors: [.supportNotOpen]
        ) { support, call in
            try await support.withdraw(call.path, call.supporting)
            return Nothing()
        }

        Route.post(
            "enter", "/support-accesses/{access}/entry", SupportAccessID.self,
            summary: "Make the link that leads into the tenant's portal", permission: .providerSupport,
            audit: .action("support.entry-made"), returns: SupportEntry.self, errors: [.supportNotOpen],
            rate: .sensitive, stepUp: .recent, idempotency: .off(because: "the link is shown once")
        ) { support, call in
            try await support.makeEntry(call.path, call.supporting)
        }
    }
}

/// What was asked for.
package struct AskedSupport: WireValue {
    package let id: SupportAccessID

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("id", \.id)
    }
}

/// What a tenant's people do about support access.
package enum SupportRoutes {
    private typealias Route = Endpoint<TenantAPI, Support>

    package static let group = EndpointGroup<TenantAPI, Support>("support") {
        Route.list(
            "list", "/support-accesses", summary: "List support accesses of the hosting provider",
            permission: .supportRead, by: SupportAccess.listing
        ) { support, call in
            try await support.list(call.query, at: call.now, in: call.scope)
        }

        Route.post(
            "consent", "/support-accesses/{access}/consent", SupportAccessID.self,
            summary: "Let somebody of the hosting provider in", permission: .supportManage,
            audit: .action("support.consented"), body: ConsentToSupport.self, returns: SupportAccess.self,
            errors: [.supportNotOpen], rate: .sensitive, stepUp: .recent
        ) { support, call in
            try await support.decide(
                .consent, call.path, shorterThan: call.body.durationSeconds, by: call.actor, call.caller.name,
                audit: call.audit, at: call.now, in: call.scope)
        }

        Route.post(
            "refuse", "/support-accesses/{access}/refuse", SupportAccessID.self,
            summary: "Refuse support access", permission: .supportManage, audit: .action("support.refused"),
            returns: SupportAccess.self, errors: [.supportNotOpen]
        ) { support, call in
            try await support.decide(
                .refuse, call.path, by: call.actor, call.caller.name, audit: call.audit, at: call.now, in: call.scope)
        }

        Route.post(
            "revoke", "/support-accesses/{access}/revoke", SupportAccessID.self,
            summary: "Put somebody of the hosting provider out", permission: .supportManage,
            audit: .action("support.revoked"), returns: SupportAccess.self, errors: [.supportNotOpen]
        ) { support, call in
            try await support.decide(
                .revoke, call.path, by: call.actor, call.caller.name, audit: call.audit, at: call.now, in: call.scope)
        }
    }
}

/// The tenant's door for the provider's people.
package enum SupportDoorRoutes {
    private typealias Route = Endpoint<PublicAPI, Support>

    package static let group = EndpointGroup<PublicAPI, Support>("support-door") {
        Route.post(
            "enter", "/auth/support", summary: "Come in by a support link", permission: .public,
            audit: .action("support.entered"), body: EnterSupport.self, returns: Nothing.self,
            errors: [.supportEntryExpired], rate: .sensitive
        ) { support, call in
            try await support.enter(
                call.body, call.request, call.response, audit: call.audit, at: call.now, in: call.scope)
            return Nothing()
        }

        Route.post(
            "leave", "/auth/support/leave", summary: "Leave after support", permission: .public,
            audit: .none(because: "it ends only what the browser itself shows"), returns: Nothing.self
        ) { support, call in
            try await support.leave(call.request, call.response, at: call.now, in: call.scope)
            return Nothing()
        }
    }
}

extension Call where API == ProviderAPI {
    var supporting: SupportActing {
        SupportActing(operator: actor, name: caller.name, now: now, audit: audit)
    }
}
