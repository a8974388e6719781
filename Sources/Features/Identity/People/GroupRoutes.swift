package import HTTPAPI
import Kernel

/// The endpoints of groups.
package enum GroupRoutes {
    private typealias Route = Endpoint<TenantAPI, Identity>

    package static let group = EndpointGroup<TenantAPI, Identity>("groups") {
        Route.list(
            "list", "/groups", summary: "List groups", permission: .groupsRead, by: Group.listing
        ) { identity, call in
            try await identity.groups(call.query, in: call.scope)
        }

        Route.post(
            "create", "/groups", summary: "Create a group", permission: .groupsManage, audit: .action("group.created"),
            body: GroupRequest.self, returns: Group.self, status: 201, errors: [.nameTaken]
        ) { identity, call in
            try await identity.createGroup(call.body, call.acting)
        }

        Route.get(
            "show", "/groups/{group}", GroupID.self, summary: "Show a group", permission: .groupsRead,
            returns: Group.self
        ) { identity, call in
            try await identity.group(call.path, in: call.scope)
        }

        Route.patch(
            "rename", "/groups/{group}", GroupID.self, summary: "Rename a group", permission: .groupsManage,
            audit: .action("group.renamed"), body: GroupRequest.self, returns: Group.self,
            errors: [.nameTaken, .keptByProvider]
        ) { identity, call in
            try await identity.renameGroup(call.path, call.body, from: call.version ?? 0, call.acting)
        }

        Route.delete(
            "remove", "/groups/{group}", GroupID.self, summary: "Remove a group, with what it was granted",
            permission: .groupsManage, audit: .action("group.removed"), errors: [.keptByProvider]
        ) { identity, call in
            try await identity.removeGroup(call.path, call.acting)
            return Nothing()
        }

        Route.list(
            "members", "/groups/{group}/members", GroupID.self, summary: "List who is in a group",
            permission: .groupsRead, by: Member.listing
        ) { identity, call in
            try await identity.members(of: call.path, call.query, in: call.scope)
        }

        Route.put(
            "add-member", "/groups/{group}/members/{user}", GroupID.self, UserID.self,
            summary: "Put somebody into a group", permission: .groupsManage, audit: .action("group.member-added"),
            returns: Nothing.self, errors: [.keptByProvider]
        ) { identity, call in
            try await identity.add(call.path.1, to: call.path.0, call.acting)
            return Nothing()
        }

        Route.delete(
            "remove-member", "/groups/{group}/members/{user}", GroupID.self, UserID.self,
            summary: "Take somebody out of a group", permission: .groupsManage, audit: .action("group.member-removed"),
            errors: [.keptByProvider]
        ) { identity, call in
            try await identity.remove(call.path.1, from: call.path.0, call.acting)
            return Nothing()
        }
    }
}
