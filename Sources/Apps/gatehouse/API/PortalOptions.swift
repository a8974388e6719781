import ArgumentParser
import Cryptography
import Foundation
import Kernel
import Outbound

/// Which portal a command speaks to, and as whom.
struct PortalOptions: ParsableArguments {
    @Option(
        name: .long, help: "The portal, such as https://acme.example.com. Default: GATEHOUSE_URL, or the last sign-in.")
    var url: String?

    /// The portal with the token of the last sign-in, or of GATEHOUSE_TOKEN.
    func portal() throws -> APIClient {
        let environment = ProcessInfo.processInfo.environment
        let credentials = try Credentials(path: Credentials.path)
        guard let origin = try origin() ?? credentials.current else {
            throw CommandFailure("Sign in first: gatehouse login --url https://YOUR-PORTAL")
        }
        if let token = environment["GATEHOUSE_TOKEN"], !token.isEmpty {
            return APIClient(origin: origin, credential: .token(Redacted(token)))
        }
        guard let entry = credentials[origin] else {
            throw CommandFailure("You are not signed in at \(origin). Run: gatehouse login --url \(origin)")
        }
        return APIClient(origin: origin, credential: .token(Redacted(entry.token)))
    }

    /// The portal that was named, without what follows host and port.
    func origin() throws -> String? {
        guard let text = url ?? ProcessInfo.processInfo.environment["GATEHOUSE_URL"], !text.isEmpty else { return nil }
        return try Self.origin(of: text)
    }

    static func origin(of text: String) throws -> String {
        let text = text.contains("://") ? text : "https://\(text)"
        let url: OutboundURL
        do {
            url = try OutboundURL(text)
        } catch {
            throw CommandFailure("\(text.oneLine) is no address of a portal: \(error).")
        }
        let (host, port) = (url.destination.host, url.destination.port)
        let name = host.contains(":") ? "[\(host)]" : host
        let isUsual = port == (url.isSecure ? 443 : 80)
        return "\(url.isSecure ? "https" : "http")://\(name)\(isUsual ? "" : ":\(port)")"
    }
}

extension APIClient {
    /// Does something that takes a fresh second factor: asks for a code if the server wants one, and tries again.
    func withSecondFactor<Value: Sendable>(_ body: (APIClient) async throws -> Value) async throws -> Value {
        do {
            return try await body(self)
        } catch let failure as APIFailure where failure.kind == "step-up-required" {
            let code = try SecretSource.read("Code from your authenticator", variable: "GATEHOUSE_CODE")
            try await post("/me/step-up", ["code": .string(code.reveal())])
            return try await body(self)
        }
    }
}
