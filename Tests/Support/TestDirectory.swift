import Foundation
import Glibc

/// Two slapds that hold the same entries, with TLS of an authority of their own, the `memberOf` overlay, and one password
/// for everybody: `secret of ` and the person's uid.
package final class TestDirectory: Sendable {
    package static let base = "dc=example,dc=org"
    package static let searchDN = "cn=search,dc=example,dc=org"
    package static let searchPassword = "directory-search-password"
    package static let isThere = access("/usr/sbin/slapd", X_OK) == 0

    package let folder: TemporaryFolder
    package let first: Server
    package let second: Server
    /// The authority's certificate, as PEM.
    package let authority: String

    package static func password(of uid: String) -> String { "secret of \(uid)" }

    /// `most` is how many entries the servers show to one search, in all of its pages together. Without `memberOf` large
    /// groups are made and changed at once.
    package init(most: String = "1000", memberOf: Bool = true) async throws {
        let folder = TemporaryFolder(prefix: "gatehouse-slapd")
        self.folder = folder
        try await folder.makeAuthorities("ca")
        try await folder.makeCertificate("server", for: "IP:127.0.0.1")
        try await folder.makeCertificate("wrong", for: "DNS:elsewhere.example")
        authority = try folder.text("ca.pem")
        first = try await Server("a", in: folder, most, memberOf)
        second = try await Server("b", in: folder, most, memberOf)
    }

    /// One slapd; stopping and starting it again keeps its port.
    package final class Server: Sendable {
        package let port: Int
        package let securePort: Int
        private let config: String
        private let process: ChildProcess

        fileprivate init(
            _ name: String, in folder: TemporaryFolder, _ most: String, _ memberOf: Bool
        ) async throws {
            port = FreePort.next()
            securePort = FreePort.next()
            config = folder.file("\(name).conf")
            let data = folder.file("data-\(name)")
            try FileManager.default.createDirectory(atPath: data, withIntermediateDirectories: true)
            let lines = TestDirectory.configuration(data: data, folder: folder, name: name, most: most)
            try (memberOf ? lines + TestDirectory.memberOf : lines).write(
                toFile: config, atomically: true, encoding: .utf8)
            let entries = folder.file("\(name).ldif")
            try TestDirectory.entries.write(toFile: entries, atomically: true, encoding: .utf8)
            process = try ChildProcess(
                [
                    "/usr/sbin/slapd", "-f", config, "-d", "0", "-h",
                    "ldap://127.0.0.1:\(port) ldaps://127.0.0.1:\(securePort)",
                ])
            let port = port
            try await eventually("slapd listens", within: .seconds(30)) { Loopback.accepts(port) }
            // memberOf is written by the overlay, so the entries come over the wire.
            try await add(entries)
        }

        fileprivate func add(_ file: String) async throws {
            try await ChildProcess.run([
                "ldapadd", "-x", "-H", "ldap://127.0.0.1:\(port)", "-D", "cn=admin,\(TestDirectory.base)", "-w",
                "admin",
                "-f", file,
            ])
        }

        package func signal(_ signal: Int32) { process.signal(signal) }
        package func stop() async { await process.stop(SIGKILL) }
    }

    /// Changes the entries of the first server, as LDIF says. `relaxed`, it may say what else the server alone says of an entry.
    package func change(_ ldif: String, relaxed: Bool = false) async throws {
        let file = folder.file("change.ldif")
        try ldif.write(toFile: file, atomically: true, encoding: .utf8)
        try await ChildProcess.run(
            [
                "ldapmodify", "-x", "-H", "ldap://127.0.0.1:\(first.port)", "-D", "cn=admin,\(Self.base)", "-w",
                "admin",
                "-f", file,
            ] + (relaxed ? ["-e", "!relax"] : []))
    }

    /// Adds people `many0`, `many1` and so on to the first server.
    package func add(people count: Int) async throws {
        let entries = (0..<count).map { number in
            "dn: uid=many\(number),ou=people,\(Self.base)\nobjectClass: inetOrgPerson\nuid: many\(number)\ncn: Many\nsn: Many\n\n"
        }
        let file = folder.file("many.ldif")
        try entries.joined().write(toFile: file, atomically: true, encoding: .utf8)
        try await first.add(file)
    }

    private static func configuration(data: String, folder: TemporaryFolder, name: String, most: String) -> String {
        """
        include /etc/ldap/schema/core.schema
        include /etc/ldap/schema/cosine.schema
        include /etc/ldap/schema/inetorgperson.schema
        include /etc/ldap/schema/nis.schema
        modulepath /usr/lib/ldap
        moduleload back_mdb
        moduleload memberof
        moduleload ppolicy
        pidfile \(folder.file("\(name).pid"))
        TLSCACertificateFile \(folder.file("ca.pem"))
        TLSCertificateFile \(folder.file("server.pem"))
        TLSCertificateKeyFile \(folder.file("server.key"))
        sizelimit \(most)
        database mdb
        maxsize 104857600
        suffix "\(base)"
        rootdn "cn=admin,\(base)"
        rootpw admin
        directory \(data)
        dbnosync
        index objectClass,uid,member eq
        access to attrs=userPassword by anonymous auth by * none
        access to * by dn.exact="\(searchDN)" read by anonymous auth by * none

        """
    }

    private static let memberOf = """
        overlay memberof
        memberof-group-oc groupOfNames
        memberof-member-ad member
        memberof-memberof-ad memberOf
        overlay ppolicy

        """

    /// Ann is of `ops`, which is of `staff`, which is of `all` and, in a circle, of `ops`. Ben is of `other`, Cleo is there
    /// twice, and Eve has a name with everything in it that means something in a filter.
    private static var entries: String {
        func person(_ dn: String, _ uid: String, _ name: String, _ mail: String) -> String {
            """
            dn: \(dn),\(base)
            objectClass: inetOrgPerson
            uid: \(uid)
            cn: \(name)
            sn: \(name)
            mail: \(mail)
            userPassword: \(password(of: uid))


            """
        }
        func group(_ name: String, _ members: String...) -> String {
            "dn: cn=\(name),ou=groups,\(base)\nobjectClass: groupOfNames\ncn: \(name)\n"
                + members.map { "member: \($0),\(base)\n" }.joined() + "\n"
        }
        return """
            dn: \(base)
            objectClass: dcObject
            objectClass: organization
            o: Example
            dc: example

            dn: ou=people,\(base)
            objectClass: organizationalUnit
            ou: people

            dn: ou=more,\(base)
            objectClass: organizationalUnit
            ou: more

            dn: ou=groups,\(base)
            objectClass: organizationalUnit
            ou: groups

            dn: \(searchDN)
            objectClass: organizationalRole
            objectClass: simpleSecurityObject
            cn: search
            userPassword: \(searchPassword)


            """
                + person("uid=ann,ou=people", "ann", "Ann Archer", "ann@example.org")
                + person("uid=ben,ou=people", "ben", "Ben Baker", "ben@example.org")
                + person("uid=cleo,ou=people", "cleo", "Cleo One", "cleo@example.org")
                + person("uid=cleo,ou=more", "cleo", "Cleo Two", "cleo2@example.org")
                + person("cn=Eve \\28x\\29 *,ou=people", "eve", "Eve (x) *", "eve@example.org")
                + group("ops", "uid=ann,ou=people", "cn=staff,ou=groups")
                + group("staff", "cn=ops,ou=groups")
                + group("all", "cn=staff,ou=groups")
                + group("other", "uid=ben,ou=people")
    }
}
