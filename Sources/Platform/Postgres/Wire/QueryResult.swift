import CLibPQ

/// What one statement returned.
///
/// Safe because a `PGresult` never changes after libpq made it and may be passed between threads (libpq, "Behavior in
/// Threaded Programs"), and this object is its only owner.
final class QueryResult: @unchecked Sendable {
    private let result: OpaquePointer
    let status: ExecStatusType

    init(_ result: OpaquePointer) {
        self.result = result
        status = PQresultStatus(result)
    }

    deinit { PQclear(result) }

    var isSuccess: Bool { status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK }
    var rowCount: Int32 { PQntuples(result) }
    var columnCount: Int32 { PQnfields(result) }
    var affected: Int { Int(String(cString: PQcmdTuples(result))) ?? 0 }
    var commandTag: String { String(cString: PQcmdStatus(result)) }

    func name(of column: Int32) -> String {
        PQfname(result, column).map { String(cString: $0) } ?? "column \(column + 1)"
    }

    /// The bytes of a column; nil for null. Good for as long as this object lives.
    func cell(_ row: Int32, _ column: Int32) -> UnsafeRawBufferPointer? {
        guard PQgetisnull(result, row, column) == 0 else { return nil }
        return UnsafeRawBufferPointer(
            start: PQgetvalue(result, row, column), count: Int(PQgetlength(result, row, column)))
    }

    func decode<Value>(_ read: (inout Row) throws -> Value) throws -> [Value] {
        var values: [Value] = []
        values.reserveCapacity(Int(rowCount))
        let columnCount = columnCount
        for number in 0..<rowCount {
            var row = Row(self, number, columnCount: columnCount)
            values.append(try read(&row))
        }
        return values
    }

    func decodeFirst<Value>(_ read: (inout Row) throws -> Value) throws -> Value? {
        guard rowCount > 0 else { return nil }
        var row = Row(self, 0, columnCount: columnCount)
        return try read(&row)
    }

    /// The error that this result is, if it is one.
    var error: DatabaseError? {
        guard !isSuccess, status != PGRES_PIPELINE_SYNC, status != PGRES_PIPELINE_ABORTED else { return nil }
        func field(_ code: Unicode.Scalar) -> String? {
            PQresultErrorField(result, Int32(code.value)).map { String(cString: $0) }
        }
        return DatabaseError(
            sqlState: field("C") ?? "08006",
            message: field("M") ?? String(cString: PQresultErrorMessage(result)).trimmingSpace,
            constraint: field("n"))
    }
}

extension String {
    /// libpq ends its messages with a line feed.
    var trimmingSpace: String {
        var text = self[...]
        while text.last?.isWhitespace == true { text.removeLast() }
        return text.split(whereSeparator: \.isNewline).joined(separator: " ")
    }
}
