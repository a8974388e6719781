package import HTTPAPI
package import Kernel

/// Every permission that a role can have, by area, with what each opens.
package struct PermissionTree: WireValue, Sendable {
    package let items: [PermissionArea]

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("items", \.items, count: 0...200)
    }
}

/// The permissions about one kind of thing.
package struct PermissionArea: WireValue, Sendable {
    package let area: String
    package let permissions: [PermissionEntry]

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("area", \.area, .text(1...100))
        Field("permissions", \.permissions, count: 0...100)
    }
}

/// A permission, where it can be held, and the operations that take it.
package struct PermissionEntry: WireValue, Sendable {
    package let code: String
    package let place: PermissionPlace
    package let opens: [PermissionDoor]

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("code", \.code, .text(1...100))
        Field("place", \.place)
        Field("opens", \.opens, count: 0...200)
    }
}

/// Where a permission is worth something.
package enum PermissionPlace: String, Sendable, CaseIterable, WireValue {
    /// Only for the tenant as a whole.
    case tenant
    /// Also in a part of it.
    case organization
    /// It is about the caller's own things, wherever they lie.
    case own
}

/// An operation that a permission opens.
package struct PermissionDoor: WireValue, Sendable, Hashable {
    package let method: String
    package let path: String
    package let summary: String

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("method", \.method, .text(1...10))
        Field("path", \.path, .text(1...300))
        Field("summary", \.summary, .text(1...300))
    }
}

extension PermissionCatalogue {
    /// The catalogue as a tree.
    var tree: PermissionTree {
        let areas = Dictionary(grouping: all) { String($0.code.prefix { $0 != "." }) }
        return PermissionTree(
            items: areas.sorted { $0.key < $1.key }.map { area, permissions in
                PermissionArea(
                    area: area,
                    permissions: permissions.sorted { $0.code < $1.code }.map { permission in
                        PermissionEntry(
                            code: permission.code, place: Self.place(of: permission), opens: doors[permission] ?? [])
                    })
            })
    }

    /// Where the permission can be held.
    package static func place(of permission: Permission) -> PermissionPlace {
        if divided.contains(permission) { return .organization }
        return personal.contains(permission) ? .own : .tenant
    }
}
