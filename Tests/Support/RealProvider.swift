import Foundation
import Glibc

/// OpenID providers that others wrote, each in a process of its own. They know one client, whose secret and address of
/// return they are given when they start.
package final class RealProvider: Sendable {
    package enum Make: String, Sendable, CaseIterable {
        case lemonLDAP = "lemonldap.py"
        case django = "django_provider.py"
    }

    package let issuer: String
    package let login: String
    package let password: String
    /// Where it can be reached.
    package let port: Int
    private let make: Make
    private let folder = TemporaryFolder(prefix: "gatehouse-idp")

    package static func isThere(_ make: Make) -> Bool {
        let hasPython = ProcessInfo.processInfo.environment["GATEHOUSE_TEST_PYTHON"] != nil
        return make == .django
            ? hasPython : hasPython && access("/usr/share/perl5/Lemonldap/NG/Portal/Main.pm", R_OK) == 0
    }

    /// Takes a port; nothing runs yet, since the address of return is known only afterwards.
    package init(_ make: Make) {
        self.make = make
        port = FreePort.next()
        switch make {
        case .lemonLDAP: (issuer, login, password) = ("http://127.0.0.1:\(port)/", "dwho", "dwho")
        case .django: (issuer, login, password) = ("http://127.0.0.1:\(port)/o", "alice", "alice's password")
        }
    }

    /// Runs for as long as somebody holds what this returns.
    package func start(client: String, secret: String, redirect: String) async throws -> ChildProcess {
        let child = try ChildProcess([
            Self.python, Repository.path("Tests/Support/\(make.rawValue)"), folder.path, "\(port)", client, secret,
            redirect,
        ])
        let place = "http://127.0.0.1:\(port)\(make == .django ? "/o" : "")/.well-known/openid-configuration"
        try await eventually("\(make) answers", within: .seconds(60), every: .milliseconds(100)) {
            (try? await ChildProcess.run(["curl", "-sf", "-o", "/dev/null", place])) != nil
        }
        return child
    }

    /// Somebody signs in with a browser; the address on `host` to which they are sent back.
    package func visit(_ url: String, host: String) async throws -> String {
        try await ChildProcess.run([
            Self.python, Repository.path("Tests/Support/provider_browser.py"), url, login, password, host,
        ]).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    private static var python: String { ProcessInfo.processInfo.environment["GATEHOUSE_TEST_PYTHON"] ?? "python3" }
}
