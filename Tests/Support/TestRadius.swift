import Foundation
import Glibc

/// Two FreeRADIUS servers that know the same people, with one password for everybody: `secret of ` and the name. Cara is
/// asked for a code besides, which is `123456`. Both want a Message-Authenticator in every request, and both can be asked over
/// TLS (RadSec) by whoever has a certificate of their authority.
package final class TestRadius: Sendable {
    package static let secret = "shared-with-freeradius"
    package static let isThere = access("/usr/sbin/freeradius", X_OK) == 0
    package static let question = "Enter the code of your token"
    package static let code = "123456"

    package let first: Server
    package let second: Server
    /// Of authority, client and client's key, as PEM; and a certificate and its key that no server takes.
    package let certificates: Certificates
    private let folder = TemporaryFolder(prefix: "gatehouse-radius")

    package struct Certificates: Sendable {
        package let authority: String
        package let client: (certificate: String, key: String)
        package let stranger: (certificate: String, key: String)
    }

    package static func password(of login: String) -> String { "secret of \(login)" }

    package init() async throws {
        certificates = try await Self.makeCertificates(in: folder)
        first = try await Server("a", in: folder)
        second = try await Server("b", in: folder)
    }

    /// One FreeRADIUS.
    package final class Server: Sendable {
        package let port: Int
        /// Where it listens for TLS.
        package let tlsPort: Int
        private let process: ChildProcess

        fileprivate init(_ name: String, in folder: TemporaryFolder) async throws {
            port = FreePort.nextForDatagrams()
            tlsPort = FreePort.next()
            let path = folder.file(name)
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            try TestRadius.people.write(toFile: path + "/users", atomically: true, encoding: .utf8)
            try TestRadius.configuration(path, port: port, tlsPort: tlsPort, folder.path).write(
                toFile: path + "/radiusd.conf", atomically: true, encoding: .utf8)
            // Its own log goes to the standard output, which is how it says that it is ready.
            let process = try ChildProcess(["/usr/sbin/freeradius", "-f", "-d", path, "-l", "stdout"])
            self.process = process
            try await eventually("freeradius listens: \(process.output)", within: .seconds(30)) {
                process.output.contains("Ready to process requests")
            }
        }

        package func signal(_ signal: Int32) { process.signal(signal) }
        package func stop() async { await process.stop(SIGKILL) }
    }

    private static let people = """
        ann Cleartext-Password := "\(password(of: "ann"))"
            Filter-Id := "ops",
            Filter-Id += "staff",
            Class := "radius-people"

        ben Cleartext-Password := "\(password(of: "ben"))"

        cara Cleartext-Password := "\(password(of: "cara"))"

        """

    private static func makeCertificates(in folder: TemporaryFolder) async throws -> Certificates {
        try await folder.makeAuthorities("ca", "stranger")
        try await folder.makeCertificate("server", for: "IP:127.0.0.1")
        try await folder.makeCertificate("client", for: "DNS:gatehouse")
        return try Certificates(
            authority: folder.text("ca.pem"), client: (folder.text("client.pem"), folder.text("client.key")),
            stranger: (folder.text("stranger.pem"), folder.text("stranger.key")))
    }

    private static func configuration(_ path: String, port: Int, tlsPort: Int, _ folder: String) -> String {
        """
        prefix = /usr
        libdir = /usr/lib/freeradius
        logdir = \(path)
        run_dir = \(path)
        max_request_time = 10
        cleanup_delay = 5
        max_requests = 1024
        log {
          destination = stdout
        }
        security {
          allow_vulnerable_openssl = yes
          reject_delay = 0
          status_server = yes
        }
        proxy_requests = no
        client gatehouse {
          ipaddr = 127.0.0.1
          secret = \(secret)
          require_message_authenticator = yes
        }
        clients radsec {
          client gatehouse-tls {
            ipaddr = 127.0.0.1
            proto = tls
            secret = radsec
            require_message_authenticator = yes
          }
        }
        thread pool {
          start_servers = 2
          max_servers = 4
          min_spare_servers = 1
          max_spare_servers = 2
        }
        modules {
          always reject {
            rcode = reject
          }
          always handled {
            rcode = handled
          }
          pap {
          }
          chap {
          }
          mschap {
            use_mppe = no
          }
          files {
            filename = \(path)/users
          }
        }
        server gatehouse {
          listen {
            type = auth
            ipaddr = 127.0.0.1
            port = \(port)
          }
          listen {
            type = auth
            proto = tcp
            ipaddr = 127.0.0.1
            port = \(tlsPort)
            clients = radsec
            tls {
              private_key_file = \(folder)/server.key
              certificate_file = \(folder)/server.pem
              ca_file = \(folder)/ca.pem
              require_client_cert = yes
              tls_min_version = "1.2"
              tls_max_version = "1.3"
              cipher_list = "DEFAULT"
            }
          }
          authorize {
            if (&State) {
              if ((&State == 0x6f757273) && (&User-Name == "cara") && (&User-Password == "\(code)")) {
                update control {
                  Auth-Type := Accept
                }
                update reply {
                  Filter-Id := "ops"
                }
              }
              else {
                reject
              }
            }
            else {
              files
              chap
              mschap
              pap
            }
          }
          authenticate {
            Auth-Type CHAP {
              chap
            }
            Auth-Type MS-CHAP {
              mschap
            }
            Auth-Type PAP {
              pap
              if (&User-Name == "cara") {
                update reply {
                  State := 0x6f757273
                  Reply-Message := "\(question)"
                }
                update control {
                  Response-Packet-Type := Access-Challenge
                }
                handled
              }
            }
          }
          post-auth {
            update reply {
              Message-Authenticator := 0x00
            }
            Post-Auth-Type Reject {
              update reply {
                Message-Authenticator := 0x00
              }
            }
            Post-Auth-Type Challenge {
              update reply {
                Message-Authenticator := 0x00
              }
            }
          }
        }

        """
    }
}

/// A server that does not keep to the protocol, in a process of its own; `lying_radius.py` says how it lies.
package final class LyingRadius: Sendable {
    package let port: Int
    private let process: ChildProcess

    package init(_ lie: String) async throws {
        process = try ChildProcess([
            "python3", Repository.path("Tests/Support/lying_radius.py"), TestRadius.secret, lie,
        ])
        port = try await process.port()
    }

    /// What has come in so far, a line each: the client's port, the packet's number and code, its first attribute's type.
    package var requests: [String] { process.output.split(separator: "\n").dropFirst().map(String.init) }
}
