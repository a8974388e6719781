import Access
import Assets
package import HTTPAPI
import Kernel

/// The endpoints of requests that are half filled in.
package enum RequestTemplateRoutes {
    private typealias Route = Endpoint<TenantAPI, Tickets>

    package static let group = EndpointGroup<TenantAPI, Tickets>("request-templates") {
        Route.get(
            "list", "/request-templates", summary: "List templates of requests", permission: .flowsRead,
            returns: RequestTemplates.self
        ) { tickets, call in
            try await tickets.requestTemplates(in: call.scope)
        }

        Route.post(
            "create", "/request-templates", summary: "Add a template of requests", permission: .flowsManage,
            audit: .action("request-template.created"), body: SaveRequestTemplate.self, returns: RequestTemplate.self,
            status: 201, errors: [.templateNameTaken]
        ) { tickets, call in
            try await tickets.createTemplate(call.body, at: call.now, audit: call.audit, in: call.scope)
        }

        Route.put(
            "replace", "/request-templates/{template}", RequestTemplateID.self,
            summary: "Replace a template of requests",
            permission: .flowsManage, audit: .action("request-template.changed"), body: SaveRequestTemplate.self,
            returns: RequestTemplate.self, precondition: .ifMatch, errors: [.templateNameTaken]
        ) { tickets, call in
            try await tickets.replaceTemplate(
                call.path, call.body, from: call.version, at: call.now, audit: call.audit, in: call.scope)
        }

        Route.delete(
            "delete", "/request-templates/{template}", RequestTemplateID.self, summary: "Remove a template of requests",
            permission: .flowsManage, audit: .action("request-template.deleted")
        ) { tickets, call in
            try await tickets.deleteTemplate(call.path, at: call.now, audit: call.audit, in: call.scope)
            return Nothing()
        }

        Route.get(
            "offered", "/my/request-templates", summary: "List templates that I can begin a request with",
            permission: .ticketsOpen, returns: OfferedTemplates.self
        ) { tickets, call in
            try await tickets.offeredTemplates(to: call.actor, among: call.caller.home, in: call.scope)
        }

        Route.get(
            "askable-roles", "/my/askable-roles", summary: "Names of roles that I can ask for",
            permission: .ticketsOpen,
            returns: AskableRoles.self
        ) { tickets, call in
            try await tickets.askableRoles(of: call.actor, among: call.caller.home, in: call.scope)
        }

        Route.get(
            "take", "/my/request-templates/{template}", RequestTemplateID.self,
            summary: "Show a template with the assets that it finds now", permission: .ticketsOpen,
            returns: OfferedTemplate.self
        ) { tickets, call in
            try await tickets.offeredTemplate(call.path, to: call.actor, among: call.caller.home, in: call.scope)
        }

        Route.post(
            "save-own", "/my/request-templates", summary: "Keep a request as a template of mine",
            permission: .ticketsOpen, audit: .action("request-template.saved"), body: SaveRequestTemplate.self,
            returns: OfferedTemplate.self, status: 201, errors: [.templateNameTaken, .unknownAsset]
        ) { tickets, call in
            try await tickets.saveOwnTemplate(
                call.body, by: call.actor, among: call.caller.home, at: call.now, audit: call.audit, in: call.scope)
        }

        Route.delete(
            "delete-own", "/my/request-templates/{template}", RequestTemplateID.self,
            summary: "Remove a template of mine", permission: .ticketsOpen, audit: .action("request-template.forgotten")
        ) { tickets, call in
            try await tickets.deleteTemplate(
                call.path, of: call.actor, at: call.now, audit: call.audit, in: call.scope.wholeTenant)
            return Nothing()
        }
    }
}
