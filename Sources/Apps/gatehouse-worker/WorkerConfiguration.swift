import FoundationEssentials
import Kernel

/// What a worker has to know, read from one JSON file. Unknown keys and missing ones are errors at the start.
struct WorkerConfiguration: WireValue {
    /// The control plane under the workers' name, such as `https://workers.example.com`.
    let controlPlane: String
    /// What the worker is called; unique in the installation.
    let name: String
    /// The folder of its identity, its host key and its spool: closed to everybody else.
    let state: String
    let ssh: Listener
    let web: Listener?
    /// What people and browsers are told to connect to.
    let sshEndpoint: String
    let webEndpoint: String
    /// The tenant that the SSH entrance belongs to, if it serves one only.
    let tenant: String?
    let banner: String?
    /// How much of the disk recordings may take while they wait for the control plane, in MiB.
    let spoolLimit: Int
    let loops: Int
    let logLevel: String

    static let schema: Schema<Self> = .record(Self.init) {
        Field("controlPlane", \.controlPlane, .text(8...255))
        Field("name", \.name, .text(1...100))
        Field("state", \.state, .text(1...1000))
        Field("ssh", \.ssh)
        Field("web", \.web, Listener.schema)
        Field("sshEndpoint", \.sshEndpoint, .text(1...255))
        Field("webEndpoint", \.webEndpoint, Schema<String>.text(0...255).otherwise(""))
        Field("tenant", \.tenant, .text(1...40))
        Field("banner", \.banner, .lines(1...4096))
        Field("spoolLimit", \.spoolLimit, Schema<Int>.int(16...1_000_000).otherwise(4096))
        Field("loops", \.loops, Schema<Int>.int(1...64).otherwise(2))
        Field("logLevel", \.logLevel, Schema<String>.text(4...8).otherwise("info"))
    }

    /// Where an entrance listens.
    struct Listener: WireValue {
        let host: String
        let port: Int
        /// Those in front that may say who is behind them: for SSH with the PROXY protocol, for the web terminal with
        /// X-Forwarded-For.
        let trustedProxies: [NetworkRange]

        static let schema: Schema<Self> = .record(Self.init) {
            Field("host", \.host, Schema<String>.text(1...255).otherwise("127.0.0.1"))
            Field("port", \.port, .int(0...65535))
            Field("trustedProxies", \.trustedProxies, .array(of: NetworkRange.schema, 0...100).otherwise([]))
        }
    }

    var identityFile: String { "\(state)/identity.json" }
    var hostKeyFile: String { "\(state)/ssh_host_ed25519_key" }
    var spoolFolder: String { "\(state)/spool" }
}

extension WorkerConfiguration {
    /// Reads a file. Every wrong or unknown key is named at once.
    static func read(_ path: String) throws -> WorkerConfiguration {
        guard let bytes = FileManager.default.contents(atPath: path) else {
            throw StartError("\(path) cannot be read. Give the configuration with --config FILE.")
        }
        let json: JSON
        do {
            json = try JSONParser.parse(Array(bytes))
        } catch {
            throw StartError("\(path) is not well-formed JSON: \(error)")
        }
        do throws(FieldErrors) {
            return try schema.parse(json)
        } catch {
            let lines = error.errors.map { "  \($0.pointer) \($0.message)" }.joined(separator: "\n")
            throw StartError("\(path) is not a valid configuration:\n\(lines)")
        }
    }
}

/// Why a worker does not start, in words for the person who starts it.
struct StartError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
