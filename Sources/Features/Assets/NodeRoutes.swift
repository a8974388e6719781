package import HTTPAPI
import Kernel

/// The endpoints of the asset tree.
package enum NodeRoutes {
    private typealias Route = Endpoint<TenantAPI, Assets>

    package static let group = EndpointGroup<TenantAPI, Assets>("nodes") {
        Route.get(
            "tree", "/nodes", summary: "Show the asset tree", permission: .assetsRead, returns: NodeTree.self
        ) { assets, call in
            try await assets.tree(in: call.scope)
        }

        Route.post(
            "create", "/nodes", summary: "Add a node", permission: .assetsManage, audit: .action("node.created"),
            body: CreateNode.self, returns: Node.self, status: 201,
            errors: [.nodeNameTaken, .unknownNode, .unknownOwner]
        ) { assets, call in
            try await assets.createNode(
                call.body, by: call.arranging, at: call.now, audit: call.audit, in: call.scope)
        }

        Route.patch(
            "change", "/nodes/{node}", NodeID.self, summary: "Rename or move a node", permission: .assetsManage,
            audit: .action("node.changed"), body: ChangeNode.self, returns: Node.self,
            errors: [.nodeNameTaken, .unknownNode, .unknownOwner, .nodeInsideItself]
        ) { assets, call in
            try await assets.changeNode(
                call.path, to: call.body, from: call.version, by: call.arranging, at: call.now, audit: call.audit,
                in: call.scope)
        }

        Route.delete(
            "delete", "/nodes/{node}", NodeID.self, summary: "Delete an empty branch of the tree",
            permission: .assetsManage, audit: .action("node.deleted"), errors: [.nodeNotEmpty]
        ) { assets, call in
            try await assets.deleteNode(call.path, at: call.now, audit: call.audit, in: call.scope)
            return Nothing()
        }
    }
}
