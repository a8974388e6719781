package import Kernel
package import Postgres

/// A column that a list can be filtered and sorted by. The SQL name comes from here, never from the request.
package struct Column<Row: Sendable>: Sendable {
    package let name: String
    package let sql: String
    package let shape: Shape
    package let value: @Sendable (Row) -> SQLValue
    let read: @Sendable (JSON, inout Reading) -> SQLValue?
    /// Whether its values are bound as text, so that a part of them can be asked for.
    let isText: Bool
    /// What follows the value of a column that is a condition; it can only be compared by `eq` and `ne`.
    let end: String?

    package init<Value: WireValue & SQLBindable>(
        _ name: String, _ sql: String, _ get: @escaping @Sendable (Row) -> Value
    ) {
        self.init(name, sql, get, Value.schema)
    }

    package init<Value: SQLBindable>(
        _ name: String, _ sql: String, _ get: @escaping @Sendable (Row) -> Value, _ schema: Schema<Value>
    ) {
        self.name = name
        self.sql = sql
        self.shape = schema.shape
        self.value = { get($0).bind }
        self.read = { schema.read($0, &$1)?.bind }
        isText = Value.self == String.self || Value.self is any RawRepresentable<String>.Type
        end = nil
    }

    /// A condition that the value completes, for what is not in the row itself:
    ///
    ///     Column(condition: "node", NodeID.self, "exists (select from … where p.ancestor_id = ", ")")
    ///
    /// It can be filtered by with `eq` and `ne`, and not sorted by.
    package init<Value: WireValue & SQLBindable>(
        condition name: String, _ type: Value.Type, _ before: String, _ after: String
    ) {
        let schema = Value.schema
        self.name = name
        sql = before
        shape = schema.shape
        value = { _ in .null }
        read = { schema.read($0, &$1)?.bind }
        isText = false
        end = after
    }
}

/// What a list endpoint can do: its columns, and the order it has when none is asked for.
package struct Listing<Row: WireValue>: Sendable {
    package let columns: [Column<Row>]
    package let sortable: [String]
    package let order: Sort
    /// Breaks ties, so that the order is total and a cursor is exact.
    package let key: Column<Row>

    package init(key: Column<Row>, order: Sort, sortable: [String], columns: [Column<Row>]) {
        self.columns = columns
        self.sortable = sortable
        self.order = order
        self.key = key
        precondition(
            (sortable + [order.column]).allSatisfy { name in columns.contains { $0.name == name && $0.end == nil } },
            "a list is sorted by a column of its own")
    }

    func column(_ name: String) -> Column<Row>? {
        columns.first { $0.name == name }
    }
}

package struct Sort: Sendable, Hashable {
    package let column: String
    package let descending: Bool

    package static func ascending(_ column: String) -> Sort { Sort(column: column, descending: false) }
    package static func descending(_ column: String) -> Sort { Sort(column: column, descending: true) }

    package var text: String { (descending ? "-" : "") + column }
}

/// A page that a client asks for, parsed and resolved to SQL columns.
package struct PageRequest: Sendable {
    package let limit: Int
    package let filter: Filter?
    package let sort: Sort
    package let sortColumn: String
    package let keyColumn: String
    /// The sort value and the key of the last row of the page before.
    package let after: [SQLValue]
    let filterText: String
    let boundText: String
}

/// The rows of a page; one more than asked for tells that there is a next page.
package struct Rows<Row: Sendable>: Sendable {
    package let rows: [Row]
    package let page: PageRequest

    package init(_ rows: [Row], of page: PageRequest) {
        self.rows = rows
        self.page = page
    }
}
