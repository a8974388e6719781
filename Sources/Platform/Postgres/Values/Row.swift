/// One row of a result, read column by column in the order of the statement.
///
///     try await database.query("select asset_id, name, labels from assets", in: scope) { row in
///         Asset(id: try row.next(), name: try row.next(), labels: try row.next())
///     }
package struct Row {
    private let result: QueryResult
    private let number: Int32
    private let columnCount: Int32
    private var column: Int32 = 0

    init(_ result: QueryResult, _ number: Int32, columnCount: Int32) {
        self.result = result
        self.number = number
        self.columnCount = columnCount
    }

    /// The next column. A null is an error unless the type is optional.
    package mutating func next<Value: SQLDecodable>(_ type: Value.Type = Value.self) throws -> Value {
        let cell = try nextCell()
        guard let value = Value.decode(column: cell) else { throw misfit(cell == nil, "\(Value.self)") }
        return value
    }

    mutating func nextCell() throws -> UnsafeRawBufferPointer? {
        guard column < columnCount else {
            throw RowError(column: "column \(column + 1)", expected: "a column", found: .nothing)
        }
        defer { column += 1 }
        return result.cell(number, column)
    }

    func misfit(_ isNull: Bool, _ type: String) -> RowError {
        RowError(column: result.name(of: column - 1), expected: type, found: isNull ? .null : .otherType)
    }
}

/// A statement and its decoder do not fit together: a mistake in the program or a schema that was not migrated.
///
/// It never carries the value, which may be confidential.
package struct RowError: Error, Equatable, CustomStringConvertible {
    package enum Found: Sendable {
        case null, nothing, otherType
    }

    package let column: String
    package let expected: String
    package let found: Found

    package init(column: String, expected: String, found: Found) {
        self.column = column
        self.expected = expected
        self.found = found
    }

    package var description: String {
        switch found {
        case .null: "\(column) is null, but was read as \(expected), which is not optional"
        case .nothing: "\(column) was read, but the statement returns fewer columns"
        case .otherType: "\(column) was read as \(expected), which its text is not"
        }
    }
}
