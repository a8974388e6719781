package import FoundationEssentials

/// A value on its way into a statement: always a bind, never text.
package enum SQLValue: Sendable, Hashable {
    case null
    case text(String)
    case int(Int)
    case double(Double)
    case bool(Bool)
    case uuid(UUID)
    /// Microseconds since 1970, as PostgreSQL keeps them: a cursor that rounds would skip rows.
    case timestamp(Int)
    case bytes([UInt8])
    /// A document that is already text.
    case json(String)
    case array([SQLValue])
}

extension SQLValue: Comparable {
    /// The order in which PostgreSQL sorts values of one `C`-collated column; values of different types have none.
    package static func < (left: SQLValue, right: SQLValue) -> Bool {
        switch (left, right) {
        case (.text(let left), .text(let right)): left.utf8.lexicographicallyPrecedes(right.utf8)
        case (.int(let left), .int(let right)), (.timestamp(let left), .timestamp(let right)): left < right
        case (.double(let left), .double(let right)): left < right
        case (.uuid(let left), .uuid(let right)): left.uuidString < right.uuidString
        case (.bool(let left), .bool(let right)): !left && right
        case (.bytes(let left), .bytes(let right)): left.lexicographicallyPrecedes(right)
        default: false
        }
    }
}
