import HTTPAPI
import Kernel
import Postgres

/// Shows a program the people and groups of its provider, as documents of RFC 7643.
struct FindProvisioned {
    /// How many resources are held against a filter that the database cannot narrow.
    static let mostSearched = 20_000
    /// How many members are shown at once.
    static let mostMembers = 20_000

    let context: ProvisioningContext

    private var scope: TenantScope { context.scope }
    private var provider: IdentityProviderID { context.provider }
    private var database: Database { context.database }

    func user(_ id: UserID, _ query: QueryPairs, afterChange status: Int? = nil) async throws -> ProvisioningReply {
        let projection = try SCIMProjection(query)
        guard let user = try await ProvisionedUserStore.find(id, of: provider, in: scope, database) else {
            throw IdentityError.notFound
        }
        let location = user.location(context.base)
        if status == nil, context.isKnown(user.tag) { return ProvisioningReply(status: 304, tag: user.tag) }
        let document = try await documents([user], projection).first
        return ProvisioningReply(status: status ?? 200, document, tag: user.tag, location: location)
    }

    func users(_ query: QueryPairs) async throws -> ProvisioningReply {
        let query = try SCIMQuery(query, .user)
        guard let filter = query.filter else {
            let total = try await ProvisionedUserStore.count(of: provider, in: scope, database)
            let found = try await ProvisionedUserStore.list(
                .init(), offset: query.startIndex - 1, limit: query.count, of: provider, in: scope, database)
            return ProvisioningReply(
                SCIMDiscovery.list(
                    try await documents(found, query.projection), total: total, startIndex: query.startIndex))
        }
        try refuse("groups", filter)
        var narrowing = ProvisionedUserStore.Narrowing()
        narrowing.userName = filter.required("userName")?.lowercased()
        narrowing.externalId = filter.required("externalId")
        if let text = filter.required("id") {
            guard let id = UserID(text) else { return none(query) }
            narrowing.id = id
        }
        let candidates = try await ProvisionedUserStore.list(
            narrowing, offset: 0, limit: Self.mostSearched + 1, of: provider, in: scope, database)
        try checkSearched(candidates.count)
        let found = candidates.filter { filter.holds(for: $0.document(context.base, groups: []), of: .user) }
        let page = Array(found.dropFirst(query.startIndex - 1).prefix(query.count))
        return ProvisioningReply(
            SCIMDiscovery.list(
                try await documents(page, query.projection), total: found.count, startIndex: query.startIndex))
    }

    func group(_ id: ProvisionedGroupID, _ query: QueryPairs, afterChange status: Int? = nil) async throws
        -> ProvisioningReply
    {
        let projection = try SCIMProjection(query)
        guard let group = try await ProvisionedGroupStore.find(id, of: provider, in: scope, database) else {
            throw IdentityError.notFound
        }
        let location = group.location(context.base)
        if status == nil, context.isKnown(group.tag) { return ProvisioningReply(status: 304, tag: group.tag) }
        let document = try await documents([group], projection).first
        return ProvisioningReply(status: status ?? 200, document, tag: group.tag, location: location)
    }

    /// A large group is not sent back with every change of it, unless somebody asks for parts of it.
    func changedGroup(_ id: ProvisionedGroupID, _ query: QueryPairs) async throws -> ProvisioningReply {
        if try query.value(of: "attributes") != nil { return try await group(id, query, afterChange: 200) }
        guard let group = try await ProvisionedGroupStore.find(id, of: provider, in: scope, database) else {
            throw IdentityError.notFound
        }
        return ProvisioningReply(status: 204, tag: group.tag, location: group.location(context.base))
    }

    func groups(_ query: QueryPairs) async throws -> ProvisioningReply {
        let query = try SCIMQuery(query, .group)
        guard let filter = query.filter else {
            let total = try await ProvisionedGroupStore.count(of: provider, in: scope, database)
            let found = try await ProvisionedGroupStore.list(
                .init(), offset: query.startIndex - 1, limit: query.count, of: provider, in: scope, database)
            return ProvisioningReply(
                SCIMDiscovery.list(
                    try await documents(found, query.projection), total: total, startIndex: query.startIndex))
        }
        var narrowing = ProvisionedGroupStore.Narrowing()
        narrowing.foldedName = filter.required("displayName").map(GroupRules.folded)
        narrowing.externalId = filter.required("externalId")
        if let text = filter.required("id") {
            guard let id = ProvisionedGroupID(text) else { return none(query) }
            narrowing.id = id
        }
        var member: [JSON] = []
        if filter.names.contains(where: { $0.attribute.lowercased() == "members" }) {
            // The database finds who is in what; nothing else can be asked about members.
            guard let text = filter.required("members", part: "value"),
                filter.names.count(where: { $0.attribute.lowercased() == "members" }) == 1
            else { throw SCIMFault.invalid(.invalidFilter, "members can be compared by one value only") }
            guard let id = UserID(text) else { return none(query) }
            narrowing.member = id
            member = [["value": .string(text)]]
        }
        let candidates = try await ProvisionedGroupStore.list(
            narrowing, offset: 0, limit: Self.mostSearched + 1, of: provider, in: scope, database)
        try checkSearched(candidates.count)
        let found = candidates.filter { filter.holds(for: $0.document(context.base, members: member), of: .group) }
        let page = Array(found.dropFirst(query.startIndex - 1).prefix(query.count))
        return ProvisioningReply(
            SCIMDiscovery.list(
                try await documents(page, query.projection), total: found.count, startIndex: query.startIndex))
    }

    private func documents(_ users: [ProvisionedUser], _ projection: SCIMProjection) async throws -> [JSON] {
        let groups =
            projection.shows("groups") && !users.isEmpty
            ? try await ProvisionedGroupStore.groups(
                of: users.map(\.id), at: provider, base: context.base, in: scope, database) : [:]
        return users.map { projection($0.document(context.base, groups: groups[$0.id] ?? [])) }
    }

    private func documents(_ groups: [ProvisionedGroup], _ projection: SCIMProjection) async throws -> [JSON] {
        let members =
            projection.shows("members") && !groups.isEmpty
            ? try await ProvisionedGroupStore.members(
                of: groups.map(\.id), base: context.base, limit: Self.mostMembers, in: scope, database) : [:]
        return groups.map { projection($0.document(context.base, members: members[$0.id] ?? [])) }
    }

    private func none(_ query: SCIMQuery) -> ProvisioningReply {
        ProvisioningReply(SCIMDiscovery.list([], total: 0, startIndex: query.startIndex))
    }

    private func refuse(_ attribute: String, _ filter: SCIMFilter) throws(SCIMFault) {
        guard filter.names.contains(where: { $0.attribute.lowercased() == attribute }) else { return }
        throw .invalid(.invalidFilter, "\(attribute) cannot be compared")
    }

    private func checkSearched(_ count: Int) throws(SCIMFault) {
        guard count <= Self.mostSearched else {
            throw .invalid(.tooMany, "the filter leaves more than \(Self.mostSearched) to look through; narrow it")
        }
    }
}
