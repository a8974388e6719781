package import FoundationEssentials
package import Kernel

/// A value on its way into a statement: always a bind, never text.
package enum SQLValue: Sendable, Hashable {
    case text(String)
    case int(Int)
    case bool(Bool)
    case uuid(UUID)
    /// Microseconds since 1970, as PostgreSQL keeps them: a cursor that rounds would skip rows.
    case timestamp(Int)
}

/// A type that a column can be compared with.
package protocol SQLBindable {
    var bind: SQLValue { get }
}

extension String: SQLBindable { package var bind: SQLValue { .text(self) } }
extension Int: SQLBindable { package var bind: SQLValue { .int(self) } }
extension Bool: SQLBindable { package var bind: SQLValue { .bool(self) } }
extension ID: SQLBindable { package var bind: SQLValue { .uuid(uuid) } }
extension Date: SQLBindable {
    package var bind: SQLValue { .timestamp(Int((timeIntervalSince1970 * 1_000_000).rounded())) }
}
extension SQLBindable where Self: RawRepresentable, RawValue == String {
    package var bind: SQLValue { .text(rawValue) }
}

extension SQLValue: Comparable {
    package static func < (left: SQLValue, right: SQLValue) -> Bool {
        switch (left, right) {
        case (.text(let left), .text(let right)): left.utf8.lexicographicallyPrecedes(right.utf8)
        case (.int(let left), .int(let right)), (.timestamp(let left), .timestamp(let right)): left < right
        case (.uuid(let left), .uuid(let right)): left.uuidString < right.uuidString
        case (.bool(let left), .bool(let right)): !left && right
        default: false
        }
    }
}

extension SQLValue {
    var json: JSON {
        switch self {
        case .text(let text): ["t", .string(text)]
        case .int(let value): ["i", .int(Int64(value))]
        case .bool(let value): ["b", .bool(value)]
        case .uuid(let uuid): ["u", .string(uuid.uuidString)]
        case .timestamp(let value): ["d", .int(Int64(value))]
        }
    }

    init?(json: JSON) {
        guard case .array(let pair) = json, pair.count == 2 else { return nil }
        switch (pair[0], pair[1]) {
        case ("t", .string(let text)): self = .text(text)
        case ("i", .int(let value)): self = .int(Int(value))
        case ("b", .bool(let value)): self = .bool(value)
        case ("d", .int(let value)): self = .timestamp(Int(value))
        case ("u", .string(let text)):
            guard let uuid = UUID(uuidString: text) else { return nil }
            self = .uuid(uuid)
        default: return nil
        }
    }
}
