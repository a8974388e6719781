import Foundation

/// Keys and messages of a SAML provider that shares no code with the product (`saml_documents.py`), made once a run.
package struct SAMLDocuments: Sendable, Decodable {
    package let now: Double
    package let idp: String
    package let sp: String
    package let acs: String
    package let slo: String
    package let request: String
    package let certificate: String
    package let curve: String
    package let attacker: String
    package let weak: String
    package let serviceKey: String
    package let serviceCertificate: String
    package let strangerKey: String
    package let strangerCertificate: String
    /// Base64 of responses that say the same, in all ways that are right, and of those that must be refused.
    package let accepted: [String: String]
    package let refused: [String: String]
    package let unsolicited: String
    /// Queries of the redirect binding.
    package let queries: [String: String]
    /// Base64 of requests to sign out that are signed themselves.
    package let forms: [String: String]
    package let metadata: [String: String]

    /// Without `GATEHOUSE_TEST_PYTHON`, tests that need them are skipped.
    package static let isThere = ProcessInfo.processInfo.environment["GATEHOUSE_TEST_PYTHON"] != nil

    package static func make() async throws -> SAMLDocuments { try await Maker.shared.documents() }

    /// For another service provider than the one of the other tests: its addresses, its certificate, the request that is
    /// answered, and the time.
    package struct Reader: Sendable, Encodable {
        package let sp: String
        package let acs: String
        package let slo: String
        package let request: String
        package let now: Double
        package let certificate: String

        package init(sp: String, acs: String, slo: String, request: String, now: Double, certificate: String) {
            self.sp = sp
            self.acs = acs
            self.slo = slo
            self.request = request
            self.now = now
            self.certificate = certificate
        }
    }

    package static func make(for reader: Reader) async throws -> SAMLDocuments {
        let command = try await Command.run(
            script("make"), input: try JSONEncoder().encode(reader), limit: .seconds(60))
        guard command.status == 0 else { throw Failure(errors: command.errors) }
        return try JSONDecoder().decode(SAMLDocuments.self, from: command.output)
    }

    /// What the OASIS schemas have against documents of ours; empty if nothing.
    package static func schemaErrors(_ documents: [String]) async throws -> String {
        let command = try await Command.run(
            script("schema"), input: try JSONEncoder().encode(documents), limit: .seconds(60))
        return command.status == 0 ? "" : command.text + command.errors
    }

    private static func script(_ action: String) -> [String] {
        let python = ProcessInfo.processInfo.environment["GATEHOUSE_TEST_PYTHON"] ?? "python3"
        return [python, Repository.path("Tests/Support/saml_documents.py"), action]
    }

    private actor Maker {
        static let shared = Maker()
        private var making: Task<SAMLDocuments, any Error>?

        func documents() async throws -> SAMLDocuments {
            let task =
                making
                ?? Task {
                    let command = try await Command.run(SAMLDocuments.script("make"), limit: .seconds(60))
                    guard command.status == 0 else { throw Failure(errors: command.errors) }
                    return try JSONDecoder().decode(SAMLDocuments.self, from: command.output)
                }
            making = task
            return try await task.value
        }
    }

    private struct Failure: Error {
        let errors: String
    }
}
