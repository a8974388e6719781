import Kernel
import Logging
import Outbound

/// The control plane of the installation.
struct ServerPart: Sendable {
    private let installation: Installation
    private let program: String
    private let configFile: String

    init(
        _ installation: Installation, database: PostgresCluster, redis: RedisInstance, portal: String?
    ) throws {
        self.installation = installation
        program = try Programs.companion("gatehouse-server")
        configFile = "\(installation.config)/server.json"
        let webOrigins = (0..<installation.workers).map {
            JSON.string("ws://\(installation.sshHost):\(installation.webPort + $0)")
        }
        let objects = "\(installation.folder)/objects"
        try PrivateFile.folder(objects)
        let json: JSON = [
            "http": [
                "host": "127.0.0.1", "port": .int(Int64(installation.httpPort)), "secure": false,
                "workerOrigins": .array(webOrigins),
            ],
            "baseDomain": .string(installation.baseDomain), "publicPort": .int(Int64(installation.httpPort)),
            "database": database.settings, "redis": redis.settings,
            "masterKeyFile": .string("\(installation.folder)/master.key"), "objects": .string(objects),
            "geolocationDatabase": .string("\(installation.folder)/geolocation.mmdb"),
            "providerTokenFile": .string(installation.providerTokenFile),
        ]
        var whole = portal.map { json.merging(["portal": .string($0)]) } ?? json
        if let mail = installation.mail {
            whole = whole.merging([
                "mail": [
                    "host": .string(mail.host), "port": .int(Int64(mail.port)), "security": "none",
                    "from": .string("gatehouse@\(installation.baseDomain)"),
                ]
            ])
        }
        try PrivateFile.write(whole.bytes, to: configFile)
    }

    var part: Part {
        let http = Probe()
        let url = "http://127.0.0.1:\(installation.httpPort)/readyz"
        return Part(
            name: "gatehouse-server", command: ChildCommand(words: [program, "--config", configFile]),
            grace: .seconds(30), isReady: { await http.answers(url) })
    }
}

/// Asks a server whether it is ready.
struct Probe: Sendable {
    private let http = HTTPClient(
        configuration: HTTPClientConfiguration(egress: .open),
        logger: Logger(label: "probe") { _ in SwiftLogNoOpLogHandler() })

    func answers(_ url: String) async -> Bool {
        guard let url = try? OutboundURL(url) else { return false }
        let request = OutboundRequest(.get, url, connectTimeout: .seconds(1), timeout: .seconds(3))
        return (try? await http.send(request))?.isSuccess ?? false
    }
}
