/// The tables that grow are kept by the month, in parts that are there before their month comes.
package struct MonthlyParts: Sendable {
    private static let tables = ["audit_events", "commands", "usage_events"]
    /// So long an installation may go without being brought up to date.
    private static let months = 12

    private let configuration: DatabaseConfiguration

    /// The configuration is that of the role that owns the schema.
    package init(adminConfiguration: DatabaseConfiguration) {
        configuration = adminConfiguration
    }

    /// Makes the parts that are missing and returns their names. Servers may run meanwhile: a table whose lock is not to
    /// be had at once is left to the next run.
    @discardableResult
    package func attach() async throws -> [String] {
        let connection = try await OwnerConnection(configuration)
        defer { connection.close() }
        var made: [String] = []
        for table in Self.tables {
            do {
                made += try await connection.query("select gatehouse_attach_months(\(table), \(Self.months))") {
                    try $0.next(String.self)
                }
            } catch let error as DatabaseError where error.sqlState == "55P03" {
                continue
            }
        }
        return made
    }
}
