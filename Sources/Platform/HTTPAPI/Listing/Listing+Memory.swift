import Kernel
import Postgres

extension Listing {
    /// What the SQL of a page request does, on an array: for tests and fakes.
    package func rows(from rows: [Row], for page: PageRequest) -> [Row] {
        guard let column = column(page.sort.column) else { return [] }
        func position(_ row: Row) -> [SQLValue] { [column.value(row), key.value(row)] }
        func isBefore(_ left: [SQLValue], _ right: [SQLValue]) -> Bool {
            page.sort.descending ? right.lexicographicallyPrecedes(left) : left.lexicographicallyPrecedes(right)
        }
        let matching = rows.filter { row in
            (page.filter.map { matches(row, $0) } ?? true)
                && (page.after.isEmpty || isBefore(page.after, position(row)))
        }
        return Array(matching.sorted { isBefore(position($0), position($1)) }.prefix(page.limit + 1))
    }

    private func matches(_ row: Row, _ filter: Filter) -> Bool {
        switch filter {
        case .compare(let name, _, let comparison, let value):
            guard let actual = column(name)?.value(row) else { return false }
            switch (comparison, actual, value) {
            case (.eq, _, _): return actual == value
            case (.ne, _, _): return actual != value
            case (.gt, _, _): return actual > value
            case (.ge, _, _): return actual >= value
            case (.lt, _, _): return actual < value
            case (.le, _, _): return actual <= value
            case (.co, .text(let text), .text(let part)): return text.contains(part)
            case (.sw, .text(let text), .text(let part)): return text.hasPrefix(part)
            default: return false
            }
        case .present: return true
        case .condition: return false
        case .and(let left, let right): return matches(row, left) && matches(row, right)
        case .or(let left, let right): return matches(row, left) || matches(row, right)
        case .not(let inner): return !matches(row, inner)
        }
    }
}
