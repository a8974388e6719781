import Foundation
import SAML
import TestSupport
import Testing

/// What we send to a provider, judged by others: the OASIS schemas, and a reader that is not ours.
@Suite(.enabled(if: SAMLDocuments.isThere, "needs pysaml2 (GATEHOUSE_TEST_PYTHON)"), .timeLimit(.minutes(2)))
struct MessageTests {
    /// A query of ours, taken apart.
    private func parts(_ address: String) throws -> [String: String] {
        let items = try #require(URLComponents(string: address)?.queryItems)
        #expect(Set(items.map(\.name)).count == items.count)
        return Dictionary(uniqueKeysWithValues: items.map { ($0.name, $0.value ?? "") })
    }

    /// The document in a parameter, unpacked by Foundation's neighbour of zlib: Python.
    private func document(_ packed: String) async throws -> String {
        let code =
            "import sys,zlib,base64;sys.stdout.write(zlib.decompress(base64.b64decode(sys.stdin.read()),-15).decode())"
        let command = try await Command.run(["python3", "-c", code], input: Data(packed.utf8))
        #expect(command.status == 0, "\(command.errors)")
        return command.text
    }

    @Test func `our documents are valid by the schemas of the standard`() async throws {
        let scene = try await Scene()
        let name = SAMLName(
            "a<b>&\"\u{1}é", format: "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent",
            qualifier: scene.documents.idp,
            serviceQualifier: "q")
        let request = LogoutRequest(name: name, sessionIndexes: ["_1", "_2"])
        let addresses = [
            try AuthnRequest(issuedAt: scene.now).address(at: scene.provider, from: scene.party, relayState: nil),
            try AuthnRequest(issuedAt: scene.now, nameFormat: "urn:f", isForced: true)
                .address(at: scene.provider, from: scene.party, relayState: "r"),
            try request.address(at: scene.provider, from: scene.party, issuedAt: scene.now, relayState: nil),
            try LogoutResponse(inResponseTo: request.id)
                .address(at: scene.provider, from: scene.party, issuedAt: scene.now, relayState: nil),
            try LogoutResponse(inResponseTo: request.id, failure: .partialLogout)
                .address(at: scene.provider, from: scene.party, issuedAt: scene.now, relayState: nil),
        ]
        var documents: [String] = [
            scene.party.metadata(nameFormats: ["urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"])
        ]
        for address in addresses {
            let fields = try parts(try #require(address))
            documents.append(try await document(try #require(fields["SAMLRequest"] ?? fields["SAMLResponse"])))
        }
        #expect(try await SAMLDocuments.schemaErrors(documents) == "")
        #expect(documents[1].contains("Destination=\"https://idp.example.com/sso\""))
        #expect(documents[1].contains("AssertionConsumerServiceURL=\"\(scene.documents.acs)\""))
        #expect(documents[1].contains("IssueInstant=\"2027-03-01T12:00:00Z\""))
        #expect(documents[2].contains("ForceAuthn=\"true\"") && documents[2].contains("Format=\"urn:f\""))
        #expect(documents[3].contains(">a&lt;b&gt;&amp;&quot;é<"))
    }

    @Test func `a request is signed as it stands in the query`() async throws {
        let scene = try await Scene()
        let provider = SAMLIdentityProvider(
            entityID: scene.documents.idp, signOn: "https://idp.example.com/sso?tenant=1", certificates: [])
        let address = try AuthnRequest(issuedAt: scene.now)
            .address(at: provider, from: scene.party, relayState: "a b&c=1/+")
        #expect(address.hasPrefix("https://idp.example.com/sso?tenant=1&SAMLRequest="))
        #expect(try parts(address)["RelayState"] == "a b&c=1/+")
        let query = try #require(address.split(separator: "?", maxSplits: 1).last)
        let code = """
            import base64, sys, urllib.parse
            from cryptography import x509
            from cryptography.hazmat.primitives import hashes
            from cryptography.hazmat.primitives.asymmetric import padding
            pem, query = sys.stdin.read().split("===")
            signed, signature = query[query.index("SAMLRequest="):].split("&Signature=")
            key = x509.load_pem_x509_certificate(pem.encode()).public_key()
            key.verify(base64.b64decode(urllib.parse.unquote(signature)), signed.encode(), padding.PKCS1v15(), hashes.SHA256())
            """
        let python = try #require(ProcessInfo.processInfo.environment["GATEHOUSE_TEST_PYTHON"])
        let command = try await Command.run(
            [python, "-c", code], input: Data("\(scene.party.signing.certificate.pem)===\(query)".utf8))
        #expect(command.status == 0, "\(command.errors)")
    }

    @Test func `no two requests have one ID, and a name has no form that ends an element`() throws {
        let ids = Set((0..<1000).map { _ in SAMLMessageID().text })
        #expect(ids.count == 1000)
        #expect(ids.allSatisfy { $0.count == 41 && $0.hasPrefix("_") })
    }

    static let queries: [String: SAMLError] = [
        "sha1": .algorithm, "wrongly keyed": .notSignedByProvider, "unsigned": .unsigned,
        "changed state": .notSignedByProvider, "state taken away": .notSignedByProvider, "another state too": .query,
        "a second request": .query, "a second request in disguise": .query, "both kinds": .query, "issuer": .issuer,
        "destination": .destination, "over": .expired, "old": .expired, "of the future": .notYetValid,
        "nobody": .subject, "another message": .notTheMessage, "document type": .notXML(.documentType),
        "bomb": .notDeflated, "response": .query,
    ]

    @Test func `a provider's requests to sign out are taken, and the wrong ones refused`() async throws {
        let scene = try await Scene()
        func read(_ name: String) throws -> Result<(LogoutRequest, relayState: String?, issuedAt: Date), SAMLError> {
            let query = try #require(scene.documents.queries[name])
            do throws(SAMLError) {
                return .success(
                    try LogoutRequest.read(query: query, from: scene.provider, to: scene.party, at: scene.now))
            } catch { return .failure(error) }
        }
        for name in ["request", "request without state", "request with a curve", "request with sha512"] {
            let (request, relayState, issuedAt) = try read(name).get()
            #expect(issuedAt == scene.now - 5)
            #expect(request.name == SAMLName("alice@example.com", serviceQualifier: "q"), "\(name)")
            #expect(request.sessionIndexes == ["_session"] && request.id.text == "_logout")
            #expect(relayState == (name == "request without state" ? nil : "here"))
        }
        for (name, expected) in Self.queries {
            guard case .failure(let error) = try read(name) else {
                Issue.record("\(name) was taken")
                continue
            }
            #expect(error == expected, "\(name)")
        }
    }

    @Test func `a provider's answers about signing out belong to one request`() async throws {
        let scene = try await Scene()
        func read(_ name: String) throws -> LogoutResponse {
            try LogoutResponse.read(
                query: try #require(scene.documents.queries[name]), to: scene.request, from: scene.provider,
                to: scene.party, at: scene.now
            ).0
        }
        #expect(try read("response") == LogoutResponse(inResponseTo: scene.request))
        #expect(try read("response, partial").failure == .partialLogout)
        #expect(throws: SAMLError.inResponseTo) { try read("response to another") }
        #expect(throws: SAMLError.query) { try read("request") }
    }

    @Test func `what we send to sign out reads as it was meant`() async throws {
        let scene = try await Scene()
        let name = SAMLName("bob", format: "f", qualifier: "n")
        let request = LogoutRequest(name: name, sessionIndexes: ["1", "2"])
        // The provider's side, with the same code: its address is ours, and ours is its.
        let mirror = SAMLServiceProvider(
            entityID: scene.documents.sp, assertionConsumer: "", logout: "https://idp.example.com/slo",
            signing: scene.party.signing, decryption: [])
        let us = SAMLIdentityProvider(
            entityID: scene.documents.sp, signOn: "", certificates: [scene.party.signing.certificate])
        let address = try #require(
            try request.address(at: scene.provider, from: scene.party, issuedAt: scene.now, relayState: "r s"))
        let query = String(try #require(address.split(separator: "?").last))
        let (read, relayState, _) = try LogoutRequest.read(query: query, from: us, to: mirror, at: scene.now)
        #expect(read == request)
        #expect(relayState == "r s")
        let silent = SAMLIdentityProvider(entityID: "x", signOn: "https://x/", certificates: [])
        #expect(try request.address(at: silent, from: scene.party, issuedAt: scene.now, relayState: nil) == nil)
    }
}
