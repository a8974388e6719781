package import Audit
package import HTTPAPI
package import Kernel
package import Postgres

/// The facade of the estate: assets, the tree they lie in, and the host keys by which they are known.
package struct Assets: Sendable {
    let database: Database
    let outbox: Outbox
    let scanner: HostKeyScanner
    var store: AssetStore { AssetStore() }
    var nodes: NodeStore { NodeStore() }
    var hostKeys: HostKeyStore { HostKeyStore() }

    package init(database: Database, outbox: Outbox, scanner: HostKeyScanner) {
        self.database = database
        self.outbox = outbox
        self.scanner = scanner
    }

    /// A page of assets.
    package func list(_ page: PageRequest, in scope: TenantScope) async throws -> Rows<Asset> {
        Rows(try await store.list(page, in: scope, database), of: page)
    }

    /// One asset, or `AssetError.notFound`.
    package func find(_ id: AssetID, in scope: TenantScope) async throws -> Asset {
        guard let asset = try await store.find(id, in: scope, database) else { throw AssetError.notFound }
        return asset
    }

    /// The asset with this name, or nil.
    package func find(named name: AssetName, in scope: TenantScope) async throws -> Asset? {
        try await store.find(named: name, in: scope, database)
    }

    /// The names of those of the given assets that exist: what a ticket or a grant may show.
    package func names(of ids: [AssetID], in scope: TenantScope) async throws -> [AssetID: AssetName] {
        try await store.names(of: ids, in: scope, database)
    }

    /// A page of active assets by name, for people who may ask for access: nothing but the name.
    package func requestable(_ page: PageRequest, in scope: TenantScope) async throws -> Rows<RequestableAsset> {
        Rows(try await store.requestable(page, in: scope, database), of: page)
    }

    /// The same by words, as a terminal asks: every word is somewhere in the name.
    package func requestable(
        matching words: [String], after count: Int, limit: Int, in scope: TenantScope
    ) async throws -> [RequestableAsset] {
        try await store.requestable(matching: words, after: count, limit: limit, in: scope, database)
    }

    /// The tree.
    package func tree(in scope: TenantScope) async throws -> NodeTree {
        NodeTree(items: try await nodes.all(in: scope, database))
    }
}

/// An asset as somebody sees it who may ask for it.
package struct RequestableAsset: WireValue, Sendable {
    package let id: AssetID
    package let name: AssetName
    package let platform: Asset.Platform

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("id", \.id)
        Field("name", \.name)
        Field("platform", \.platform)
    }

    package static let listing = Listing<RequestableAsset>(
        key: Column("id", "a.asset_id", \.id), order: .ascending("name"), sortable: ["name"],
        columns: [Column("name", "a.name", \.name)])
}
