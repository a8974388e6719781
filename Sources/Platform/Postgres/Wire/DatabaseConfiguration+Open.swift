import CLibPQ
import Kernel

extension DatabaseConfiguration {
    private var keywords: [(name: String, value: String)] {
        let timeout = statementTimeout.milliseconds
        let settings = [
            "statement_timeout=\(timeout)", "lock_timeout=\(timeout)", "idle_in_transaction_session_timeout=60000",
            // To compile statements that run once takes longer than to run them.
            "jit=off",
            // Values are read in these forms, so a server-wide default must not change them.
            "TimeZone=UTC", "DateStyle=ISO", "bytea_output=hex", "extra_float_digits=1",
        ]
        var keywords = [
            ("host", host), ("port", "\(port)"), ("dbname", database), ("user", user), ("sslmode", tls.rawValue),
            ("application_name", "gatehouse"), ("client_encoding", "UTF8"), ("connect_timeout", "5"),
            ("keepalives_idle", "30"), ("keepalives_interval", "10"), ("tcp_user_timeout", "30000"),
            ("options", settings.map { "-c \($0)" }.joined(separator: " ")),
        ]
        if let password { keywords.append(("password", password.reveal())) }
        if let certificateAuthorities { keywords.append(("sslrootcert", certificateAuthorities)) }
        return keywords
    }

    /// Opens a connection, which blocks.
    func connect() throws -> OpaquePointer {
        let handle = withCStrings(keywords.map(\.name)) { names in
            withCStrings(keywords.map(\.value)) { values in PQconnectdbParams(names, values, 0) }
        }
        guard let handle else { throw DatabaseError.lost("no memory is left for a connection") }
        // What libpq would print on stderr is not a log of ours.
        PQsetNoticeProcessor(handle, { _, _ in }, nil)
        guard PQstatus(handle) == CONNECTION_OK else {
            defer { PQfinish(handle) }
            throw DatabaseError(sqlState: "08001", message: String(cString: PQerrorMessage(handle)).trimmingSpace)
        }
        return handle
    }

    /// Opens a connection of the application, which blocks; refuses a role that row-level security does not bind.
    func open() throws -> OpaquePointer {
        let handle = try connect()
        let result = PQexec(
            handle, "select 1 from pg_roles where rolname = current_user and not rolsuper and not rolbypassrls")
        defer { PQclear(result) }
        guard PQntuples(result) == 1 else {
            PQfinish(handle)
            throw DatabaseError(
                sqlState: "28000",
                message: "the role \(user) bypasses row-level security; sign in as gatehouse_app")
        }
        return handle
    }

    private func withCStrings<Value>(
        _ strings: [String], _ body: (UnsafePointer<UnsafePointer<CChar>?>) -> Value
    ) -> Value {
        let bytes = strings.map { Array($0.utf8CString) }
        let joined = bytes.flatMap { $0 }
        return joined.withUnsafeBufferPointer { buffer in
            var pointers: [UnsafePointer<CChar>?] = []
            var offset = 0
            for string in bytes {
                pointers.append(buffer.baseAddress.map { $0 + offset })
                offset += string.count
            }
            pointers.append(nil)
            return pointers.withUnsafeBufferPointer { body($0.baseAddress!) }
        }
    }
}

extension Duration {
    var milliseconds: Int64 {
        components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
    }
}
