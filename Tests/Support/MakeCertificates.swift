import Foundation

/// What openssl makes for the servers of a test, each with its `.key` beside its `.pem`.
extension TemporaryFolder {
    /// Authorities, which sign themselves.
    func makeAuthorities(_ names: String...) async throws {
        for name in names {
            try await openssl(
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout",
                "\(name).key", "-out", "\(name).pem", "-days", "30", "-subj", "/CN=Authority of \(name)")
        }
    }

    /// A certificate by the authority `ca` for an address, such as `IP:127.0.0.1`.
    func makeCertificate(_ name: String, for address: String) async throws {
        try await openssl(
            "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", "\(name).key",
            "-out", "\(name).csr", "-subj", "/CN=\(name)")
        try "subjectAltName=\(address)".write(toFile: file("\(name).ext"), atomically: true, encoding: .utf8)
        try await openssl(
            "x509", "-req", "-in", "\(name).csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-out",
            "\(name).pem", "-days", "30", "-extfile", "\(name).ext")
    }

    /// The text of one of these files.
    func text(_ name: String) throws -> String {
        try String(contentsOfFile: file(name), encoding: .utf8)
    }

    private func openssl(_ arguments: String...) async throws {
        try await ChildProcess.run(["openssl"] + arguments, folder: path)
    }
}
