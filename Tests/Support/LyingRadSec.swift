import Foundation

/// A server that hears requests over TLS and answers none, in a process of its own; `lying_radsec.py` says how it ends.
package final class LyingRadSec: Sendable {
    package let port: Int
    /// Its certificate, which is its own authority, and the key of it, as PEM.
    package let certificate: String
    package let key: String
    private let process: ChildProcess
    private let folder = TemporaryFolder(prefix: "gatehouse-radsec")

    package init(_ end: String) async throws {
        try await ChildProcess.run(
            [
                "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                "-keyout",
                "key.pem", "-out", "certificate.pem", "-days", "30", "-subj", "/CN=radsec", "-addext",
                "subjectAltName=IP:127.0.0.1",
            ], folder: folder.path)
        certificate = try String(contentsOfFile: folder.file("certificate.pem"), encoding: .utf8)
        key = try String(contentsOfFile: folder.file("key.pem"), encoding: .utf8)
        process = try ChildProcess([
            "python3", Repository.path("Tests/Support/lying_radsec.py"), folder.file("certificate.pem"),
            folder.file("key.pem"), end,
        ])
        port = try await process.port()
    }

    /// How many requests it has heard.
    package var heard: Int { process.output.split(separator: "\n").count - 1 }
}
