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
        column.flatMap { Self(sql: $0) }
    }

    package static func decode(array text: UnsafeRawBufferPointer) -> [Self]? {
        guard let elements = ArrayText.parse(text) else { return nil }
        var values: [Self] = []
        values.reserveCapacity(elements.count)
        for element in elements {
            let value = element.map { bytes in bytes.withUnsafeBytes { decode(column: $0) } } ?? decode(column: nil)
            guard let value else { return nil }
            values.append(value)
        }
        return values
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
