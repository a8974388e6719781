import Foundation
import Glibc

/// A domain controller of Samba's with TLS of an authority of its own, and one password for everybody: `secret of ` and the
/// name. `active_directory.py` says who is in it. Its ports are those of every directory, so it has an address of its own.
package final class TestActiveDirectory: Sendable {
    package static let base = "DC=ad,DC=example,DC=test"
    /// What Windows' own programs put before a name, and behind it.
    package static let domain = "ADEXAMPLE"
    package static let realm = "ad.example.test"
    /// As such a server is told who looks people up: by a name, and not by where it stands.
    package static let search = "search.upn@\(realm)"
    package static let port = 389
    package static let securePort = 636
    /// Ports below 1024 are root's.
    package static let isThere =
        geteuid() == 0
        && ["/usr/sbin/samba", "/usr/bin/samba-tool", "/usr/bin/ldapmodify"].allSatisfy {
            FileManager.default.isExecutableFile(atPath: $0)
        }

    /// For all tests of a process, each of which changes people of its own.
    package static let shared = Task { try await TestActiveDirectory() }

    /// More people than one page of an Active Directory ever has.
    package static let many = 1100

    package let address: String
    /// The authority's certificate, as PEM.
    package let authority: String
    /// One that has signed nothing here.
    package let stranger: String
    private let folder = TemporaryFolder(prefix: "gatehouse-ad", inMemory: true)
    private let process: ChildProcess

    package static func password(of name: String) -> String { "secret of \(name)" }

    /// Where somebody stands.
    package static func dn(_ name: String, in unit: String) -> String {
        "CN=\(name.prefix(1).uppercased())\(name.dropFirst()) Person,\(unit),\(base)"
    }

    private init() async throws {
        address = try Self.freeAddress()
        try await folder.makeAuthorities("ca", "stranger")
        try await folder.makeCertificate("server", for: "IP:\(address)")
        // Samba takes no key that others can read.
        chmod(folder.file("server.key"), 0o600)
        (authority, stranger) = try (folder.text("ca.pem"), folder.text("stranger.pem"))
        // Debian's own Python has Samba's modules.
        try await ChildProcess.run([
            "/usr/bin/python3", Repository.path("Tests/Support/active_directory.py"), folder.path, address,
            String(Self.many),
        ])
        let process = try ChildProcess([
            "/usr/sbin/samba", "-F", "-M", "single", "--no-process-group", "-s", folder.file("smb.conf"),
        ])
        self.process = process
        try await eventually("samba listens: \(process.output)", within: .seconds(60)) {
            Loopback.accepts(Self.port, at: address) && Loopback.accepts(Self.securePort, at: address)
        }
    }

    /// Changes entries, as LDIF says.
    package func change(_ ldif: String) async throws {
        let file = folder.file("change-\(UUID().uuidString).ldif")
        try ldif.write(toFile: file, atomically: true, encoding: .utf8)
        try await ChildProcess.run(
            [
                "ldapmodify", "-x", "-H", "ldaps://\(address)", "-D", "administrator@\(Self.realm)", "-w",
                "administrator-of-a-test-1", "-f", file,
            ], environment: ["LDAPTLS_CACERT": folder.file("ca.pem")])
    }

    /// Gives an attribute of somebody another value.
    package func set(_ attribute: String, _ value: String, of dn: String) async throws {
        try await change("dn: \(dn)\nchangetype: modify\nreplace: \(attribute)\n\(attribute): \(value)\n")
    }

    // MARK: what it takes

    /// An address of the loopback interface where nobody listens on the port.
    private static func freeAddress() throws -> String {
        for _ in 0..<100 {
            let address = "127.\(Int.random(in: 64..<250)).\(Int.random(in: 0..<250)).\(Int.random(in: 1..<250))"
            if !Loopback.accepts(port, at: address) { return address }
        }
        throw DidNotHappen(description: "port \(port) is taken on all of the loopback network: is a directory running?")
    }
}
