import FoundationEssentials
import HTTPAPI
import Kernel

/// A group as a provider's program knows it.
struct ProvisionedGroup: Sendable {
    static let mostMembers = 10_000
    static let most = 5000

    let id: ProvisionedGroupID
    let name: String
    let externalId: String?
    let createdAt: Date
    let changedAt: Date
    let version: Int

    var tag: String { "W/\"\(version)\"" }

    var record: SCIMRecord {
        var values: [String: JSON] = ["displayName": .string(name)]
        if let externalId { values["externalId"] = .string(externalId) }
        return SCIMRecord(.group, values: values)
    }

    func location(_ base: String) -> String { "\(base)/Groups/\(id.text)" }

    func document(_ base: String, members people: [JSON]) -> JSON {
        var members: [JSON.Member] = [
            .init("schemas", [.string(SCIMKind.group.urn)]), .init("id", .string(id.text)),
        ]
        if let externalId { members.append(.init("externalId", .string(externalId))) }
        members.append(.init("displayName", .string(name)))
        if !people.isEmpty { members.append(.init("members", .array(people))) }
        members.append(
            .init(
                "meta",
                [
                    "resourceType": "Group", "created": .string(Timestamp.text(createdAt)),
                    "lastModified": .string(Timestamp.text(changedAt)), "location": .string(location(base)),
                    "version": .string(tag),
                ]))
        return .object(members)
    }
}

/// What becomes of a group's members: everybody goes or nobody does, then some come and some go. However many operations
/// say so, it is one change.
struct MemberChange: Sendable, Equatable {
    /// How many people a request may name.
    static let most = 1000

    private(set) var clears = false
    private(set) var added: Set<UserID> = []
    private(set) var removed: Set<UserID> = []
    private var named = 0

    init() {}

    /// What the body of a POST or a PUT says.
    init(body: JSON) throws(SCIMFault) {
        clears = true
        guard case .object(let members) = body,
            let value = members.first(where: { $0.name.lowercased() == "members" })?.value
        else { return }
        added = try people(value)
    }

    var isNothing: Bool { !clears && added.isEmpty && removed.isEmpty }

    /// Takes an operation of a PATCH about members.
    mutating func apply(_ operation: SCIMPatch.Operation, _ attribute: SCIMAttribute) throws(SCIMFault) {
        let part = try operation.part(of: attribute)
        if let filter = operation.path?.filter {
            guard operation.kind == .remove, part == nil else {
                throw .invalid(.mutability, "a member is added or removed, and not changed")
            }
            for id in try people(filter) { remove(id) }
            return
        }
        guard part == nil || part?.name == "value" && operation.kind != .replace else {
            throw .invalid(.mutability, "a member is added or removed, and not changed")
        }
        switch operation.kind {
        case .add: for id in try people(operation.value ?? .null) { add(id) }
        case .replace:
            (clears, removed) = (true, [])
            added = try people(operation.value ?? .null)
        case .remove:
            if let value = operation.value, !value.isBlank {
                for id in try people(value) { remove(id) }
            } else {
                (clears, added, removed) = (true, [], [])
            }
        }
    }

    private mutating func add(_ id: UserID) {
        added.insert(id)
        removed.remove(id)
    }

    private mutating func remove(_ id: UserID) {
        added.remove(id)
        removed.insert(id)
    }

    /// The people whom a list names.
    private mutating func people(_ value: JSON) throws(SCIMFault) -> Set<UserID> {
        if value.isBlank { return [] }
        let items: [JSON] = if case .array(let items) = value { items } else { [value] }
        try count(items.count)
        var people: Set<UserID> = []
        for item in items {
            guard let text = item.text ?? Self.value(of: item), let id = UserID(text) else {
                throw .invalid(.invalidValue, "a member must have the id of a person as its value")
            }
            people.insert(id)
        }
        return people
    }

    private static func value(of item: JSON) -> String? {
        guard case .object(let members) = item else { return nil }
        return members.first { $0.name.lowercased() == "value" }?.value.text
    }

    /// The people whom a filter names: one, or some of them joined by `or`.
    private mutating func people(_ filter: SCIMFilter) throws(SCIMFault) -> Set<UserID> {
        var people: Set<UserID> = []
        let parts: [SCIMFilter] = if case .or(let parts) = filter { parts } else { [filter] }
        try count(parts.count)
        for part in parts {
            guard case .compare(let name, .eq, .string(let text)) = part, name.attribute.lowercased() == "value",
                name.part == nil
            else { throw .invalid(.invalidFilter, "members are found by their value only") }
            if let id = UserID(text) { people.insert(id) }
        }
        return people
    }

    private mutating func count(_ more: Int) throws(SCIMFault) {
        named += more
        guard named <= Self.most else {
            throw .invalid(.tooMany, "a request names at most \(Self.most) members; send the others in another one")
        }
    }
}
