import FoundationEssentials
import Identity
import Kernel

/// What is wrong with a configuration, in words for the person who wrote it.
package struct ConfigurationError: Error, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }
}

extension ServerConfiguration {
    /// Reads a file. Every wrong or unknown key is named at once.
    package static func read(_ path: String) throws -> ServerConfiguration {
        guard let bytes = FileManager.default.contents(atPath: path) else {
            throw ConfigurationError("\(path) cannot be read. Give the configuration with --config FILE.")
        }
        let json: JSON
        do {
            json = try JSONParser.parse(Array(bytes))
        } catch {
            throw ConfigurationError("\(path) is not well-formed JSON: \(error)")
        }
        do throws(FieldErrors) {
            return try schema.parse(json)
        } catch {
            let lines = error.errors.map { "  \($0.pointer) \($0.message)" }.joined(separator: "\n")
            throw ConfigurationError("\(path) is not a valid configuration:\n\(lines)")
        }
    }

    /// The scheme, host and port under which people reach a name below the base domain.
    package func origin(of name: String) -> String { origin(host: "\(name).\(baseDomain)") }

    /// The same for a host name of a tenant's own, which reaches the same proxy.
    package func origin(host: String) -> String {
        let standard = http.secure ? 443 : 80
        let port = publicPort == 0 || publicPort == standard ? "" : ":\(publicPort)"
        return "\(http.secure ? "https" : "http")://\(host)\(port)"
    }
}

/// The passwords that leaked: of a file, which stays on the disk and is read where it is asked, or what is built in.
func readBreachedPasswords(_ path: String?) throws -> BreachedPasswords {
    guard let path else { return .shipped }
    guard let data = try? Data(contentsOf: URL(filePath: path), options: .mappedIfSafe) else {
        throw ConfigurationError("\(path) cannot be read.")
    }
    do throws(Invalid) {
        return try BreachedPasswords(data)
    } catch {
        throw ConfigurationError("\(path) \(error.message): make it with Deploy/breached-passwords.")
    }
}

/// Reads a file that holds one secret, such as a token. It must not be readable by others.
func readSecret(_ path: String, atLeast count: Int) throws -> Secret {
    let attributes = try? FileManager.default.attributesOfItem(atPath: path)
    guard let mode = attributes?[.posixPermissions] as? Int, let bytes = FileManager.default.contents(atPath: path)
    else { throw ConfigurationError("\(path) cannot be read.") }
    guard mode & 0o077 == 0 else { throw ConfigurationError("\(path) can be read by others: chmod 600 \(path)") }
    let text = String(decoding: bytes, as: UTF8.self).trimmingPrefix { $0.isWhitespace }
    let secret = String(text.reversed().drop { $0.isWhitespace }.reversed())
    guard secret.utf8.count >= count else {
        throw ConfigurationError("\(path) must hold at least \(count) characters.")
    }
    return Secret(secret)
}
