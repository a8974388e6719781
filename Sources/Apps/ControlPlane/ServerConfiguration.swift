package import Kernel

/// What a server has to know, read from one JSON file. Unknown keys and missing ones are errors at the start.
package struct ServerConfiguration: WireValue {
    package let http: HTTP
    /// Tenants are at `<slug>.<base domain>`, the provider at `provider.`, workers at `workers.`.
    package let baseDomain: String
    /// The port that people use, behind whatever proxy there is; 0 for the one that belongs to the scheme.
    package let publicPort: Int
    package let database: DatabaseSettings
    package let redis: RedisSettings?
    /// By which server mail goes; without it, invitations are links to be handed over.
    package let mail: MailSettings?
    /// The file of the key at the top; with `transit`, of the one before.
    package let masterKeyFile: String?
    /// Files of keys that still open what they wrapped.
    package let retiredMasterKeyFiles: [String]
    /// The key at the top in OpenBao's transit engine, in place of one in a file.
    package let transit: TransitSettings?
    /// The directory of the object store.
    package let objects: String
    /// The directory of the built portal; without it there is the API alone.
    package let portal: String?
    /// A file of passwords that leaked, in place of those that are built in.
    package let breachedPasswords: String?
    /// A geolocation database in the MaxMind DB format; without it nobody knows where addresses are.
    package let geolocationDatabase: String?
    /// The bearer token of the installation's own operator.
    package let providerTokenFile: String
    package let logLevel: String

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("http", \.http)
        Field("baseDomain", \.baseDomain, .text(1...200))
        Field("publicPort", \.publicPort, Schema<Int>.int(0...65535).otherwise(0))
        Field("database", \.database)
        Field("redis", \.redis, RedisSettings.schema)
        Field("mail", \.mail, MailSettings.schema)
        Field("masterKeyFile", \.masterKeyFile, .text(1...1000))
        Field(
            "retiredMasterKeyFiles", \.retiredMasterKeyFiles,
            Schema<[String]>.array(of: .text(1...1000), 0...10).otherwise([]))
        Field("transit", \.transit, TransitSettings.schema)
        Field("objects", \.objects, .text(1...1000))
        Field("portal", \.portal, .text(1...1000))
        Field("breachedPasswords", \.breachedPasswords, .text(1...1000))
        Field("geolocationDatabase", \.geolocationDatabase, .text(1...1000))
        Field("providerTokenFile", \.providerTokenFile, .text(1...1000))
        Field(
            "logLevel", \.logLevel,
            Schema<String>.string(
                4...8, pattern: "^(trace|debug|info|notice|warning|error|critical)$", "must be a log level"
            ) { ["trace", "debug", "info", "notice", "warning", "error", "critical"].contains($0) }
            .otherwise("info"))
    }

    /// Where the server listens.
    package struct HTTP: WireValue {
        package let host: String
        package let port: Int
        /// Whether people reach it by https although this process speaks http.
        package let secure: Bool
        /// Addresses of proxies whose word about the client counts.
        package let trustedProxies: [String]
        /// Origins of workers' web terminals, such as `ws://127.0.0.1:8081`: the portal may connect to them.
        package let workerOrigins: [String]

        package static let schema: Schema<Self> = .record(Self.init) {
            Field("host", \.host, .text(1...255))
            Field("port", \.port, .int(0...65535))
            Field("secure", \.secure, Bool.schema.otherwise(false))
            Field(
                "trustedProxies", \.trustedProxies,
                Schema<[String]>.array(of: .text(1...100), 0...100).otherwise([]))
            Field(
                "workerOrigins", \.workerOrigins,
                Schema<[String]>.array(of: .text(1...255), 0...1000).otherwise([]))
        }
    }

    /// How to reach PostgreSQL, as the role that row-level security holds for.
    package struct DatabaseSettings: WireValue {
        /// A name, an address, or the directory of a unix socket.
        package let host: String
        package let port: Int
        package let name: String
        package let user: String
        package let password: Secret?
        package let connections: Int

        package static let schema: Schema<Self> = .record(Self.init) {
            Field("host", \.host, .text(1...255))
            Field("port", \.port, Schema<Int>.int(1...65535).otherwise(5432))
            Field("name", \.name, .text(1...63))
            Field("user", \.user, Schema<String>.text(1...63).otherwise("gatehouse_app"))
            Field("password", \.password)
            Field("connections", \.connections, Schema<Int>.int(1...64).otherwise(4))
        }
    }

    /// A key in OpenBao's transit engine.
    package struct TransitSettings: WireValue {
        package let address: String
        package let mount: String
        package let key: String
        /// Read with every request, so that whoever renews the token just writes the file.
        package let tokenFile: String

        package static let schema: Schema<Self> = .record(Self.init) {
            Field("address", \.address, .text(8...300))
            Field("mount", \.mount, Schema<String>.text(1...100).otherwise("transit"))
            Field("key", \.key, .text(1...100))
            Field("tokenFile", \.tokenFile, .text(1...1000))
        }
    }

    /// How to reach Redis; without it every process counts for itself.
    package struct RedisSettings: WireValue {
        package let socket: String?
        package let host: String?
        package let port: Int
        package let password: Secret?

        package static let schema: Schema<Self> = .record(Self.init) {
            Field("socket", \.socket, .text(1...108))
            Field("host", \.host, .text(1...255))
            Field("port", \.port, Schema<Int>.int(1...65535).otherwise(6379))
            Field("password", \.password)
        }
    }

    /// The server that takes the installation's mail.
    package struct MailSettings: WireValue {
        package let host: String
        /// 465 with tls, 587 with starttls, 25 without encryption, unless it is another one.
        package let port: Int?
        package let security: String
        package let user: String?
        package let password: Secret?
        /// The sender's address and name.
        package let from: String
        package let name: String

        package static let schema: Schema<Self> = .record(Self.init) {
            Field("host", \.host, .text(1...255))
            Field("port", \.port, .int(1...65535))
            Field(
                "security", \.security,
                Schema<String>.string(3...8, pattern: "^(tls|starttls|none)$", "must be tls, starttls or none") {
                    ["tls", "starttls", "none"].contains($0)
                }.otherwise("starttls"))
            Field("user", \.user, .text(1...255))
            Field("password", \.password)
            Field("from", \.from, .text(3...254))
            Field("name", \.name, Schema<String>.text(1...100).otherwise("Gatehouse"))
        }
    }
}
