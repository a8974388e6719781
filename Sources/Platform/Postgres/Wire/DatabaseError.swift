/// What PostgreSQL, or the way to it, said no with.
///
/// It leaves out the `detail` field, in which PostgreSQL repeats values of the row.
package struct DatabaseError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The five characters of SQLSTATE. Class 08 and 53300 also come from here, when there is no connection to use.
    package let sqlState: String
    package let message: String
    /// The name of the violated constraint, which a store maps to an error of its domain.
    package let constraint: String?

    package init(sqlState: String, message: String, constraint: String? = nil) {
        self.sqlState = sqlState
        self.message = message
        self.constraint = constraint
    }

    package var description: String { "\(sqlState): \(message)" }
}

extension DatabaseError {
    package var isUniqueViolation: Bool { sqlState == "23505" }
    package var isForeignKeyViolation: Bool { sqlState == "23503" }
    /// The row may not be written in this scope, or refers to something that the scope does not see.
    package var isOutOfScope: Bool { sqlState == "42501" }
    package var isCheckViolation: Bool { sqlState == "23514" }
    /// Two transactions could not be put in an order; the caller may run its transaction again.
    package var isSerializationFailure: Bool { sqlState == "40001" || sqlState == "40P01" }
    /// The statement ran longer than the statement timeout or waited too long for a lock.
    package var isTimeout: Bool { sqlState == "57014" || sqlState == "55P03" }
    /// The database is away, going away or full: the same request may work in a moment (503 with `Retry-After`).
    package var isUnavailable: Bool {
        sqlState.hasPrefix("08") || sqlState.hasPrefix("53") || sqlState.hasPrefix("57P")
    }

    static func closed() -> DatabaseError {
        DatabaseError(sqlState: "08003", message: "the database is closed")
    }
    static func lost(_ message: String) -> DatabaseError {
        DatabaseError(sqlState: "08006", message: message.isEmpty ? "the connection was lost" : message)
    }
}
