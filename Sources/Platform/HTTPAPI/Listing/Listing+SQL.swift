package import Postgres

extension SQL.StringInterpolation {
    /// The tail of a list's statement: what the filter and the cursor ask for, the order, and one row more than the page.
    ///
    ///     "select … from tickets t where t.tenant_id = \(scope.tenant) \(page)"
    package mutating func appendInterpolation(_ page: PageRequest) {
        if let filter = page.filter {
            appendLiteral(" and (")
            append(filter)
            appendLiteral(")")
        }
        if page.after.count == 2 {
            appendLiteral(" and (")
            append(declared: "\(page.sortColumn), \(page.keyColumn)")
            if page.sort.descending { appendLiteral(") < (") } else { appendLiteral(") > (") }
            appendInterpolation(page.after[0])
            appendLiteral(", ")
            appendInterpolation(page.after[1])
            appendLiteral(")")
        }
        let direction = page.sort.descending ? "desc" : "asc"
        append(declared: " order by \(page.sortColumn) \(direction), \(page.keyColumn) \(direction) limit ")
        appendInterpolation(page.limit + 1)
    }

    /// Columns come from the declaration of the listing; values are binds.
    private mutating func append(_ filter: Filter) {
        switch filter {
        case .compare(_, let column, let comparison, let value): append(column, comparison, value)
        case .condition(_, let before, let after, let value):
            append(declared: before)
            appendInterpolation(value)
            append(declared: after)
        case .present(_, let column): append(declared: "\(column) is not null")
        case .and(let left, let right):
            appendLiteral("(")
            append(left)
            appendLiteral(" and ")
            append(right)
            appendLiteral(")")
        case .or(let left, let right):
            appendLiteral("(")
            append(left)
            appendLiteral(" or ")
            append(right)
            appendLiteral(")")
        case .not(let inner):
            appendLiteral("not (")
            append(inner)
            appendLiteral(")")
        }
    }

    private mutating func append(_ column: String, _ comparison: Filter.Comparison, _ value: SQLValue) {
        switch comparison {
        case .co: append(declared: "strpos(\(column), ")  // not like: a bind cannot carry wildcards
        case .sw: append(declared: "starts_with(\(column), ")
        case .eq: append(declared: "\(column) = ")
        case .ne: append(declared: "\(column) <> ")
        case .gt: append(declared: "\(column) > ")
        case .ge: append(declared: "\(column) >= ")
        case .lt: append(declared: "\(column) < ")
        case .le: append(declared: "\(column) <= ")
        }
        appendInterpolation(value)
        switch comparison {
        case .co: appendLiteral(") > 0")
        case .sw: appendLiteral(")")
        default: break
        }
    }
}
