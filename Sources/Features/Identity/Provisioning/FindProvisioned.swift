import HTTPAPI
import Kernel
import Postgres

/// Shows a program the people and groups of its provider, as documents of RFC 7643.
struct FindProvisioned {
    /// How many resources are held against a filter that the database cannot narrow.
    static let mostSearched = 2000
    /// How many are read at once for it.
    static let batch = 200
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
        let query = try SCIMQuery(query, [.user])
        let found = try await findUsers(query, from: query.startIndex - 1, query.count)
        return ProvisioningReply(
            SCIMDiscovery.list(
                try await documents(found.page, query.projection), total: found.total, startIndex: query.startIndex))
    }

    /// Everything at once: people first, then groups.
    func all(_ query: QueryPairs) async throws -> ProvisioningReply {
        let query = try SCIMQuery(query, SCIMKind.all)
        let first = query.startIndex - 1
        let users = try await findUsers(query, from: first, query.count)
        let groups = try await findGroups(
            query, from: max(0, first - users.total), query.count - users.page.count)
        let page =
            try await documents(users.page, query.projection) + documents(groups.page, query.projection)
        return ProvisioningReply(
            SCIMDiscovery.list(page, total: users.total + groups.total, startIndex: query.startIndex))
    }

    private func findUsers(_ query: SCIMQuery, from first: Int, _ count: Int) async throws -> Found<ProvisionedUser> {
        guard let filter = query.filter else {
            let total = try await ProvisionedUserStore.count(of: provider, in: scope, database)
            let page = try await ProvisionedUserStore.list(
                .init(), offset: first, limit: count, of: provider, in: scope, database)
            return Found(page: page, total: total)
        }
        guard filter.mayHold(for: .user) else { return Found() }
        try refuse("groups", filter)
        var narrowing = ProvisionedUserStore.Narrowing()
        narrowing.userName = filter.required("userName")?.lowercased()
        narrowing.externalId = filter.required("externalId")
        if let text = filter.required("id") {
            guard let id = UserID(text) else { return Found() }
            narrowing.id = id
        }
        let most = try await ProvisionedUserStore.count(
            narrowing, upTo: Self.mostSearched + 1, of: provider, in: scope, database)
        return try await search(most, first, count) { [narrowing] last, limit in
            try await ProvisionedUserStore.list(
                narrowing, after: last?.id, limit: limit, of: provider, in: scope, database)
        } holds: {
            filter.holds(for: $0.document(context.base, groups: []), of: .user)
        }
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
        let query = try SCIMQuery(query, [.group])
        let found = try await findGroups(query, from: query.startIndex - 1, query.count)
        return ProvisioningReply(
            SCIMDiscovery.list(
                try await documents(found.page, query.projection), total: found.total, startIndex: query.startIndex))
    }

    private func findGroups(
        _ query: SCIMQuery, from first: Int, _ count: Int
    ) async throws -> Found<ProvisionedGroup> {
        guard let filter = query.filter else {
            let total = try await ProvisionedGroupStore.count(of: provider, in: scope, database)
            let page = try await ProvisionedGroupStore.list(
                .init(), offset: first, limit: count, of: provider, in: scope, database)
            return Found(page: page, total: total)
        }
        guard filter.mayHold(for: .group) else { return Found() }
        var narrowing = ProvisionedGroupStore.Narrowing()
        narrowing.foldedName = filter.required("displayName").map(GroupRules.folded)
        narrowing.externalId = filter.required("externalId")
        if let text = filter.required("id") {
            guard let id = ProvisionedGroupID(text) else { return Found() }
            narrowing.id = id
        }
        var member: [JSON] = []
        if filter.names.contains(where: { $0.attribute.lowercased() == "members" }) {
            // The database finds who is in what; nothing else can be asked about members.
            guard let text = filter.required("members", part: "value"),
                filter.names.count(where: { $0.attribute.lowercased() == "members" }) == 1
            else { throw SCIMFault.invalid(.invalidFilter, "members can be compared by one value only") }
            guard let id = UserID(text) else { return Found() }
            narrowing.member = id
            member = [["value": .string(text)]]
        }
        let most = try await ProvisionedGroupStore.count(
            narrowing, upTo: Self.mostSearched + 1, of: provider, in: scope, database)
        return try await search(most, first, count) { [narrowing] last, limit in
            try await ProvisionedGroupStore.list(
                narrowing, after: last?.id, limit: limit, of: provider, in: scope, database)
        } holds: { [member] in
            filter.holds(for: $0.document(context.base, members: member), of: .group)
        }
    }

    private struct Found<Item> {
        var page: [Item] = []
        var total = 0
    }

    /// Holds what the database could not narrow further against the filter, a few at a time, once it is known to be not too
    /// many. What is more than one is work that others wait for.
    private func search<Item>(
        _ most: Int, _ first: Int, _ count: Int, _ list: (_ after: Item?, _ limit: Int) async throws -> [Item],
        holds: (Item) -> Bool
    ) async throws -> Found<Item> {
        guard most <= Self.mostSearched else {
            throw SCIMFault.invalid(
                .tooMany, "the filter leaves more than \(Self.mostSearched) to look through; narrow it")
        }
        if most > 1, let seconds = await context.throttle() { throw Problem.tooMany(after: seconds) }
        var (found, last, seen) = (Found<Item>(), Item?.none, 0)
        // Who comes meanwhile is not looked at.
        while seen <= Self.mostSearched {
            let batch = try await list(last, Self.batch)
            for item in batch where holds(item) {
                if found.total >= first, found.page.count < count { found.page.append(item) }
                found.total += 1
            }
            guard batch.count == Self.batch else { break }
            (last, seen) = (batch.last, seen + batch.count)
        }
        return found
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

    private func refuse(_ attribute: String, _ filter: SCIMFilter) throws(SCIMFault) {
        guard filter.names.contains(where: { $0.attribute.lowercased() == attribute }) else { return }
        throw .invalid(.invalidFilter, "\(attribute) cannot be compared")
    }
}
