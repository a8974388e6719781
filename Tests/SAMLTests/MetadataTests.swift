import Foundation
import SAML
import TestSupport
import Testing

/// What a provider says of itself.
@Suite(.enabled(if: SAMLDocuments.isThere, "needs GATEHOUSE_TEST_PYTHON"), .timeLimit(.minutes(1)))
struct MetadataTests {
    private func read(
        _ name: String, entityID: String? = nil
    ) async throws -> Result<IdentityProvider, SAMLMetadataError> {
        let documents = try await SAMLDocuments.make()
        let text = try #require(documents.metadata[name])
        do throws(SAMLMetadataError) {
            return .success(try IdentityProvider.metadata(Array(text.utf8), entityID: entityID))
        } catch { return .failure(error) }
    }

    @Test func `a provider is described by its own document`() async throws {
        let documents = try await SAMLDocuments.make()
        let provider = try await read("one").get()
        #expect(provider.entityID == documents.idp)
        #expect(provider.signOn == "https://idp.example.com/sso?x=1")
        #expect(provider.logout == "https://idp.example.com/slo")
        #expect(provider.logoutResponse == "https://idp.example.com/slo/answer")
        // A key for encryption is not one for signing.
        #expect(
            provider.certificates
                == [try SAMLCertificate(documents.certificate), try SAMLCertificate(documents.curve)])
        #expect(provider.validUntil == nil)
        #expect(try await read("until").get().validUntil == Date(timeIntervalSince1970: documents.now + 43_200))
    }

    @Test func `one of a federation is named`() async throws {
        #expect(try await read("federation") == .failure(.severalProviders))
        #expect(try await read("federation", entityID: "https://nobody.example.com") == .failure(.noProvider))
        let provider = try await read("federation", entityID: "https://idp2.example.com").get()
        #expect(provider.entityID == "https://idp2.example.com")
        #expect(provider.validUntil == Date(timeIntervalSince1970: 1_806_537_600))
    }

    @Test(arguments: [
        ("no key", SAMLMetadataError.noCertificate), ("key that is none", .certificate(.notACertificate)),
        ("script", .noSignOn), ("header", .noSignOn), ("post only", .noSignOn), ("old protocol", .noProvider),
        ("service", .noProvider), ("document type", .notXML(.documentType)), ("many keys", .tooManyCertificates),
    ])
    func `a document that describes none is refused with the reason`(
        _ name: String, _ error: SAMLMetadataError
    ) async throws {
        #expect(try await read(name) == .failure(error))
    }
}
