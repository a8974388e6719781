import Foundation
import SAML
import TestSupport
import Testing

/// What a provider says of itself.
@Suite(.enabled(if: SAMLDocuments.isThere, "needs GATEHOUSE_TEST_PYTHON"), .timeLimit(.minutes(1)))
struct MetadataTests {
    private func read(
        _ name: String, entityID: String? = nil
    ) async throws -> Result<SAMLIdentityProvider, SAMLMetadataError> {
        let documents = try await SAMLDocuments.make()
        let text = try #require(documents.metadata[name])
        do throws(SAMLMetadataError) {
            return .success(try SAMLIdentityProvider.metadata(Array(text.utf8), entityID: entityID))
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

/// A provider of other people: what LemonLDAP::NG 2.16 said of itself and answered to a request of ours. To renew the
/// two files, give it `SAMLServiceProvider.metadata()` with these addresses and keep `/saml/metadata` and the field
/// `SAMLResponse` of one sign-in of its demonstration user.
@Suite struct LemonLDAPTests {
    @Test func `a response of LemonLDAP is believed with its own metadata, and for an hour`() throws {
        let metadata = try Repository.text("Tests/SAMLTests/lemonldap-metadata.xml")
        let provider = try SAMLIdentityProvider.metadata(Array(metadata.utf8))
        #expect(provider.signOn == "http://auth.example.com:19580/saml/singleSignOn")
        #expect(provider.logout == "http://auth.example.com:19580/saml/singleLogout")
        #expect(provider.certificates.map(\.subject) == ["CN=llng-idp"])

        let answered = try #require(ISO8601DateFormatter().date(from: "2026-11-28T19:17:54Z"))
        let pair = try SAMLKeyPair.generate(name: "gate", bits: 2048, from: answered, until: answered + 60)
        let party = SAMLServiceProvider(
            entityID: "https://gate.example.com/saml/metadata", assertionConsumer: "https://gate.example.com/saml/acs",
            logout: "https://gate.example.com/saml/slo", signing: pair, decryption: [])
        let form = Data(try Repository.text("Tests/SAMLTests/lemonldap-response.xml").utf8).base64EncodedString()
        let request = SAMLMessageID("_d98abb558caa340e00b479b6cc1e711116726906")
        let check = ResponseCheck(of: provider, for: party)
        let said = try check(form, expecting: .answer(to: request), at: answered)
        #expect(said.name.value == "dwho@badwolf.org")
        #expect(Set(said.attributes.map(\.name)) == ["mail", "uid", "cn"])
        #expect(said.replayableUntil == answered + 3600)
        #expect(throws: SAMLError.expired) { try check(form, expecting: .answer(to: request), at: answered + 3600) }
    }
}
