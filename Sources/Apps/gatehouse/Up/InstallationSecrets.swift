import Cryptography
import Kernel

/// The passwords between the parts of an installation, made at random at the first start.
struct InstallationSecrets: Sendable {
    let superuser: String
    let owner: String
    let app: String
    let redis: String

    /// Reads the file, or makes it.
    static func load(_ path: String) throws -> InstallationSecrets {
        if let bytes = PrivateFile.read(path) {
            guard let json = try? JSONParser.parse(bytes), let secrets = InstallationSecrets(json) else {
                throw CommandFailure(
                    "\(path) is damaged. Restore it from a backup: without it the database stays closed.")
            }
            return secrets
        }
        let secrets = InstallationSecrets(
            superuser: random(), owner: random(), app: random(), redis: random())
        try PrivateFile.write(secrets.json.bytes, to: path)
        return secrets
    }

    /// Makes a file with one token, unless it is there.
    static func token(_ path: String) throws {
        if PrivateFile.read(path) == nil { try PrivateFile.write(Array((random() + "\n").utf8), to: path) }
    }

    static func random() -> String { Base64URL.encode(SecureRandom.bytes(32)) }

    private init(superuser: String, owner: String, app: String, redis: String) {
        self.superuser = superuser
        self.owner = owner
        self.app = app
        self.redis = redis
    }

    private init?(_ json: JSON) {
        guard let superuser = json["superuser"]?.text, let owner = json["owner"]?.text, let app = json["app"]?.text,
            let redis = json["redis"]?.text
        else { return nil }
        self.init(superuser: superuser, owner: owner, app: app, redis: redis)
    }

    private var json: JSON {
        [
            "superuser": .string(superuser), "owner": .string(owner), "app": .string(app), "redis": .string(redis),
        ]
    }
}
