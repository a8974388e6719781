package import Kernel

/// How Redis is reached. There is no TLS (hiredis 0.14 has none): a Unix socket, loopback, or a tunnel in front.
package struct RedisConfiguration: Sendable {
    package enum Endpoint: Sendable, Hashable, CustomStringConvertible {
        case unix(path: String)
        /// Better an address than a name: the lookup of a name holds up the connection's thread.
        case tcp(host: String, port: Int)

        package var description: String {
            switch self {
            case .unix(let path): path
            case .tcp(let host, let port): "\(host):\(port)"
            }
        }
    }

    package var endpoint: Endpoint
    /// A user of Redis's access lists; `nil` for the default user.
    package var user: String?
    package var password: Secret?
    package var database: Int
    package var connectTimeout: Duration
    /// For a command that does not bring its own. A connection on which nothing was answered for so long is given up.
    package var commandTimeout: Duration
    /// Commands that may be under way; further ones are refused.
    package var maxCommands: Int

    package init(
        endpoint: Endpoint, user: String? = nil, password: Secret? = nil, database: Int = 0,
        connectTimeout: Duration = .seconds(2), commandTimeout: Duration = .seconds(1), maxCommands: Int = 10_000
    ) {
        self.endpoint = endpoint
        self.user = user
        self.password = password
        self.database = database
        self.connectTimeout = connectTimeout
        self.commandTimeout = commandTimeout
        self.maxCommands = maxCommands
    }

    /// What a new connection says first. The last one is harmless and shows whether the server lets us in.
    var greeting: [[String]] {
        var commands: [[String]] = []
        if let password { commands.append(["AUTH"] + (user.map { [$0] } ?? []) + [password.reveal()]) }
        if database != 0 { commands.append(["SELECT", String(database)]) }
        commands.append(["CLIENT", "SETNAME", "gatehouse"])
        return commands
    }
}
