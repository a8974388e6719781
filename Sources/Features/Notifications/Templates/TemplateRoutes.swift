package import HTTPAPI
import Kernel

/// The endpoints of the words of notices.
package enum NoticeTemplateRoutes {
    private typealias Route = Endpoint<TenantAPI, Notifications>

    package static let group = EndpointGroup<TenantAPI, Notifications>("notice-templates") {
        Route.get(
            "list", "/notice-templates", summary: "Show the words of all notices", permission: .noticesRead,
            returns: NoticeTemplates.self
        ) { notices, call in
            try await notices.templates(in: call.scope)
        }

        Route.put(
            "set", "/notice-templates", summary: "Set the words of a notice", permission: .noticesManage,
            audit: .action("notice-template.changed"), body: SaveNoticeTemplate.self, returns: NoticeTemplateView.self
        ) { notices, call in
            try await notices.setTemplate(call.body, at: call.now, audit: call.audit, in: call.scope)
        }

        Route.post(
            "reset", "/notice-templates/reset", summary: "Give a notice the product's words back",
            permission: .noticesManage, audit: .action("notice-template.reset"), body: ResetNoticeTemplate.self,
            returns: NoticeTemplateView.self, idempotency: .off(because: "the same again changes nothing")
        ) { notices, call in
            try await notices.resetTemplate(call.body, audit: call.audit, in: call.scope)
        }

        Route.post(
            "preview", "/notice-templates/preview", summary: "Show what words for a notice would say",
            permission: .noticesRead, audit: .none(because: "nothing comes of it"), body: SaveNoticeTemplate.self,
            returns: NoticePreview.self, idempotency: .off(because: "changes nothing")
        ) { notices, call in
            try await notices.preview(call.body, at: call.now, in: call.scope)
        }
    }
}
