package import HTTPAPI
import Kernel
import Metering

extension Permission {
    package static let assetsRead = Permission("assets.read")
    package static let assetsManage = Permission("assets.manage")
    package static let assetsRequestable = Permission("assets.requestable")
}

/// The endpoints of assets and their host keys.
package enum AssetRoutes {
    private typealias Route = Endpoint<TenantAPI, Assets>

    package static let group = EndpointGroup<TenantAPI, Assets>("assets") {
        Route.list(
            "list", "/assets", summary: "List assets", permission: .assetsRead, by: Asset.listing
        ) { assets, call in
            try await assets.list(call.query, in: call.scope)
        }

        Route.post(
            "create", "/assets", summary: "Add an asset", permission: .assetsManage, audit: .action("asset.created"),
            body: CreateAsset.self, returns: Asset.self, status: 201,
            errors: [.assetNameTaken, .unknownNode, .unknownOwner, .quotaExceeded]
        ) { assets, call in
            try await assets.create(
                call.body, by: call.arranging, at: call.now, audit: call.audit, in: call.scope)
        }

        Route.get(
            "show", "/assets/{asset}", AssetID.self, summary: "Show an asset", permission: .assetsRead,
            returns: Asset.self
        ) { assets, call in
            try await assets.find(call.path, in: call.scope)
        }

        Route.patch(
            "change", "/assets/{asset}", AssetID.self, summary: "Change an asset", permission: .assetsManage,
            audit: .action("asset.changed"), body: ChangeAsset.self, returns: Asset.self,
            errors: [.assetNameTaken, .unknownNode, .unknownOwner, .quotaExceeded]
        ) { assets, call in
            try await assets.change(
                call.path, to: call.body, from: call.version, by: call.arranging, at: call.now, audit: call.audit,
                in: call.scope)
        }

        Route.delete(
            "delete", "/assets/{asset}", AssetID.self, summary: "Delete an asset with its accounts",
            permission: .assetsManage, audit: .action("asset.deleted")
        ) { assets, call in
            try await assets.delete(call.path, at: call.now, audit: call.audit, in: call.scope)
            return Nothing()
        }

        Route.post(
            "scan", "/assets/{asset}/host-keys/scan", AssetID.self, summary: "Read the host keys of an asset",
            permission: .assetsManage, audit: .action("asset.host-keys-scanned"), returns: Asset.self,
            errors: [.assetUnreachable], rate: .expensive
        ) { assets, call in
            try await assets.scanHostKeys(of: call.path, at: call.now, audit: call.audit, in: call.scope)
        }

        Route.post(
            "pin", "/host-keys/{key}/pin", HostKeyID.self, summary: "Trust a host key", permission: .assetsManage,
            audit: .action("host-key.pinned"), returns: Asset.self
        ) { assets, call in
            try await assets.decideHostKey(
                call.path, .pinned, by: call.actor, at: call.now, audit: call.audit, in: call.scope)
        }

        Route.post(
            "refuse", "/host-keys/{key}/refuse", HostKeyID.self, summary: "Refuse a host key",
            permission: .assetsManage, audit: .action("host-key.refused"), returns: Asset.self
        ) { assets, call in
            try await assets.decideHostKey(
                call.path, .refused, by: call.actor, at: call.now, audit: call.audit, in: call.scope)
        }

        Route.list(
            "requestable", "/requestable-assets", summary: "Names of assets that one can ask for",
            permission: .assetsRequestable, by: RequestableAsset.listing
        ) { assets, call in
            try await assets.requestable(call.query, in: call.scope)
        }
    }
}
