/// A type that a column can be read as, from PostgreSQL's text form.
package protocol SQLDecodable {
    /// Nil if the text is not a value of this type.
    init?(sql text: UnsafeRawBufferPointer)
    /// The value of a column that may be null; nil if it cannot be one of this type.
    static func decode(column: UnsafeRawBufferPointer?) -> Self?
    /// How an array of this type is read; bytes are the one kind that is not an SQL array.
    static func decode(array text: UnsafeRawBufferPointer) -> [Self]?
}

extension SQLDecodable {
    package static func decode(column: UnsafeRawBufferPointer?) -> Self? {
        guard let column else { return nil }
        return Self(sql: column)
    }

    package static func decode(array text: UnsafeRawBufferPointer) -> [Self]? {
        var values: [Self] = []
        let isArray = ArrayText.read(text) { element in
            guard let value = decode(column: element) else { return false }
            values.append(value)
            return true
        }
        return isArray ? values : nil
    }
}

extension Optional: SQLDecodable where Wrapped: SQLDecodable {
    package init?(sql text: UnsafeRawBufferPointer) {
        guard let value = Wrapped(sql: text) else { return nil }
        self = .some(value)
    }

    package static func decode(column: UnsafeRawBufferPointer?) -> Wrapped?? {
        guard let column else { return .some(.none) }
        return Wrapped.decode(column: column).map { .some($0) }
    }
}

extension Array: SQLDecodable where Element: SQLDecodable {
    package init?(sql text: UnsafeRawBufferPointer) {
        guard let elements = Element.decode(array: text) else { return nil }
        self = elements
    }
}
