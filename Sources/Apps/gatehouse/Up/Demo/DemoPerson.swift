import Cryptography
import Foundation
import Kernel

/// Somebody of the demo tenant, with what they sign in with. Kept in the installation's folder, for their owner alone.
struct DemoPerson: Sendable {
    let login: String
    let name: String
    let does: String
    var password: String
    /// The authenticator's secret in base 32.
    var secret: String

    var json: JSON {
        [
            "login": .string(login), "name": .string(name), "does": .string(does), "password": .string(password),
            "secret": .string(secret),
        ]
    }

    init(login: String, name: String, does: String, password: String = "", secret: String = "") {
        self.login = login
        self.name = name
        self.does = does
        self.password = password
        self.secret = secret
    }

    init(_ json: JSON) {
        self.init(
            login: json.text("login"), name: json.text("name"), does: json.text("does"),
            password: json.text("password"), secret: json.text("secret"))
    }

    /// What the authenticator shows now.
    func code(at now: Date = Date()) throws -> String {
        guard let bytes = Base32RFC4648.decode(secret) else {
            throw CommandFailure("The authenticator's secret is damaged.")
        }
        return TOTP.code(secret: bytes, at: now)
    }

    /// Six words and a number: 62 random bits that can be typed.
    static func newPassword() -> String {
        let words = [
            "amber", "birch", "cedar", "delta", "ember", "fjord", "grove", "heron", "indigo", "juniper", "kestrel",
            "lagoon", "maple", "nectar", "onyx", "pebble", "quartz", "raven", "sienna", "tundra", "umber", "velvet",
            "willow", "xenon", "yarrow", "zephyr", "basalt", "cobalt", "drift", "falcon", "garnet", "hollow",
        ]
        let bytes = SecureRandom.bytes(10)
        let number = bytes[6...].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        return (bytes[..<6].map { words[Int($0) % words.count] } + ["\(number)"]).joined(separator: "-")
    }
}
