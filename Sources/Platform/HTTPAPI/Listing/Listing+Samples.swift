import Kernel
import Postgres

extension Listing {
    /// A page request for each order and each condition that a client can ask for, with nulls for values.
    ///
    /// A store's test runs its statement with all of them: then every column that the listing names exists, and can be
    /// compared as the filter would.
    package var samples: [PageRequest] {
        let orders = (sortable + [order.column]).flatMap { [Sort.ascending($0), .descending($0)] }
        var samples = Set(orders).sorted { $0.text < $1.text }.flatMap { sort in
            [sample(sort, nil, after: []), sample(sort, nil, after: [.null, .null])]
        }
        for column in columns {
            for filter in filters(column) { samples.append(sample(order, filter, after: [])) }
        }
        return samples
    }

    private func filters(_ column: Column<Row>) -> [Filter] {
        if let end = column.end {
            return [.condition(column: column.name, before: column.sql, after: end, .null)]
        }
        let isText = column.isText
        let comparisons = Filter.Comparison.allCases.filter { isText || $0 != .co && $0 != .sw }
        return [.present(column: column.name, sql: column.sql)]
            + comparisons.map { .compare(column: column.name, sql: column.sql, $0, .null) }
    }

    private func sample(_ sort: Sort, _ filter: Filter?, after: [SQLValue]) -> PageRequest {
        PageRequest(
            limit: 1, filter: filter, sort: sort, sortColumn: column(sort.column)?.sql ?? key.sql, keyColumn: key.sql,
            after: after, filterText: "", boundText: "")
    }
}
