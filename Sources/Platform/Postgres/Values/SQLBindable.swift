package import FoundationEssentials
package import Kernel

/// A type that may stand in a statement as `\(value)`, and that a column can be compared with.
package protocol SQLBindable {
    var bind: SQLValue { get }
    /// How an array of this type is bound; bytes are the one kind that is not an SQL array.
    static func bind(array: [Self]) -> SQLValue
}

extension SQLBindable {
    package static func bind(array: [Self]) -> SQLValue { .array(array.map(\.bind)) }
}

extension SQLBindable where Self: RawRepresentable, RawValue == String {
    package var bind: SQLValue { .text(rawValue) }
}

extension SQLValue: SQLBindable { package var bind: SQLValue { self } }
extension String: SQLBindable { package var bind: SQLValue { .text(self) } }
extension Int: SQLBindable { package var bind: SQLValue { .int(self) } }
extension Double: SQLBindable { package var bind: SQLValue { .double(self) } }
extension Bool: SQLBindable { package var bind: SQLValue { .bool(self) } }
extension UUID: SQLBindable { package var bind: SQLValue { .uuid(self) } }
extension ID: SQLBindable { package var bind: SQLValue { .uuid(uuid) } }
extension Date: SQLBindable {
    package var bind: SQLValue { .timestamp(Int((timeIntervalSince1970 * 1_000_000).rounded())) }
}
extension JSON: SQLBindable {
    package var bind: SQLValue { .json(String(decoding: bytes, as: UTF8.self)) }
}
extension UInt8: SQLBindable {
    package var bind: SQLValue { .int(Int(self)) }
    package static func bind(array: [UInt8]) -> SQLValue { .bytes(array) }
}
extension Array: SQLBindable where Element: SQLBindable {
    package var bind: SQLValue { Element.bind(array: self) }
}
extension Optional: SQLBindable where Wrapped: SQLBindable {
    package var bind: SQLValue { self?.bind ?? .null }
}
