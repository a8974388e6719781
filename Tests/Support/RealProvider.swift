import Foundation
import Glibc

/// Providers that others wrote, each in a process of its own. They know one client by OpenID Connect, whose secret and
/// address of return they are given when they start; LemonLDAP::NG knows one by SAML too, by its metadata, and by CAS any.
package final class RealProvider: Sendable {
    package enum Make: String, Sendable, CaseIterable {
        case lemonLDAP = "lemonldap.py"
        case django = "django_provider.py"
        case pysaml2 = "pysaml2_provider.py"
        case mamaCAS = "cas_provider.py"
        case authlib = "authlib_provider.py"
        case pyoidc = "pyoidc_provider.py"
    }

    // All of them, whatever is there: a test of which one is missing is passed over as a whole, so that it is seen.
    package static let ofOpenID: [Make] = [.lemonLDAP, .django, .pyoidc]
    /// Those that end a session when they are told to.
    package static let ofFarewells: [Make] = [.lemonLDAP, .pyoidc]
    package static let ofSAML: [Make] = [.lemonLDAP, .pysaml2]
    package static let ofOAuth2: [Make] = [.lemonLDAP, .authlib]
    package static let ofCAS: [Make] = [.lemonLDAP, .mamaCAS]

    package let issuer: String
    package let login: String
    package let password: String
    /// Where it can be reached.
    package let port: Int
    private let make: Make
    private let folder = TemporaryFolder(prefix: "gatehouse-idp")

    package static func areThere(_ makes: [Make]) -> Bool { makes.allSatisfy(isThere) }

    package static func isThere(_ make: Make) -> Bool {
        let hasPython = ProcessInfo.processInfo.environment["GATEHOUSE_TEST_PYTHON"] != nil
        return switch make {
        case .django, .mamaCAS, .authlib, .pyoidc: hasPython
        case .lemonLDAP: hasPython && access("/usr/share/perl5/Lemonldap/NG/Portal/Main.pm", R_OK) == 0
        case .pysaml2: hasPython && access("/usr/bin/xmlsec1", X_OK) == 0
        }
    }

    /// Takes a port; nothing runs yet, since the address of return is known only afterwards.
    package init(_ make: Make) {
        self.make = make
        port = FreePort.next()
        switch make {
        case .lemonLDAP: (issuer, login, password) = ("http://127.0.0.1:\(port)/", "dwho", "dwho")
        case .django: (issuer, login, password) = ("http://127.0.0.1:\(port)/o", "alice", "alice's password")
        case .pyoidc: (issuer, login, password) = ("http://127.0.0.1:\(port)", "alice", "alice's password")
        case .pysaml2: (issuer, login, password) = ("http://127.0.0.1:\(port)/metadata", "alice", "")
        case .mamaCAS, .authlib:
            (issuer, login, password) = ("http://127.0.0.1:\(port)/", "alice", "alice's password")
        }
    }

    /// Runs for as long as somebody holds what this returns.
    package func start(client: String, secret: String, redirect: String) async throws -> ChildProcess {
        try await start([client, secret, redirect])
    }

    /// Where it says what it is by SAML.
    package var metadata: String { make == .pysaml2 ? issuer : "\(issuer)saml/metadata" }

    /// The same for a service provider of SAML, whose assertions LemonLDAP::NG encrypts or not.
    package func start(serviceProvider metadata: String, encrypting: Bool = false) async throws -> ChildProcess {
        let file = folder.file("service.xml")
        try metadata.write(toFile: file, atomically: true, encoding: .utf8)
        guard make == .lemonLDAP else { return try await start([file]) }
        return try await start(["nobody", "nothing", "http://127.0.0.1:9/", file, encrypting ? "assertion" : "none"])
    }

    /// The same as a CAS server, which posts its own requests through a proxy.
    package func start(through proxy: PostCatcher) async throws -> ChildProcess {
        let none = make == .lemonLDAP ? ["nobody", "nothing", "http://127.0.0.1:9/"] : []
        return try await start(none, environment: ["http_proxy": "http://127.0.0.1:\(proxy.port)", "no_proxy": ""])
    }

    /// Where it is a CAS server.
    package var cas: String { "http://127.0.0.1:\(port)/cas" }

    private func start(
        _ arguments: [String], environment: [String: String] = [:]
    ) async throws -> ChildProcess {
        let child = try ChildProcess(
            [Self.python, Repository.path("Tests/Support/\(make.rawValue)"), folder.path, "\(port)"] + arguments,
            environment: environment)
        let place =
            switch make {
            case .pysaml2: metadata
            case .mamaCAS: "\(cas)/login"
            case .authlib: "\(issuer)ready"
            case .lemonLDAP, .django, .pyoidc:
                "http://127.0.0.1:\(port)\(make == .django ? "/o" : "")/.well-known/openid-configuration"
            }
        try await eventually("\(make) answers", within: .seconds(60), every: .milliseconds(100)) {
            (try? await ChildProcess.run(["curl", "-sf", "-o", "/dev/null", place])) != nil
        }
        return child
    }

    /// Somebody signs in with a browser; the address on `host` to which they are sent back, and in a second line what is
    /// posted there, if something is.
    ///
    /// - Parameter remembering: whether it is the same browser as the last time, still signed in there.
    /// - Parameter knowingPassword: without it they get on only if they are still signed in there.
    /// - Parameter form: what they begin with posting, as JSON; nothing if empty.
    package func visit(
        _ url: String, host: String, remembering: Bool = false, knowingPassword: Bool = true, form: String = ""
    ) async throws -> String {
        try await ChildProcess.run(
            [
                Self.python, Repository.path("Tests/Support/provider_browser.py"), url, login,
                knowingPassword ? password : "forgotten", host,
            ] + (remembering ? [folder.file("jar")] : []) + (form.isEmpty ? [] : [form])
        ).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// What else it can be asked for or told, by a path.
    package func ask(_ path: String, post: Bool = false) async throws -> String {
        try await ChildProcess.run(
            ["curl", "-sf", "-X", post ? "POST" : "GET", "http://127.0.0.1:\(port)/\(path)"])
    }

    private static var python: String { ProcessInfo.processInfo.environment["GATEHOUSE_TEST_PYTHON"] ?? "python3" }
}
