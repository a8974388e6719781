import Foundation
import SAML
import TestSupport
import Testing

/// A provider, us, and the documents that pass between them.
struct Scene {
    let documents: SAMLDocuments
    let provider: SAMLIdentityProvider
    let party: SAMLServiceProvider
    let now: Date

    init() async throws {
        documents = try await SAMLDocuments.make()
        now = Date(timeIntervalSince1970: documents.now)
        provider = SAMLIdentityProvider(
            entityID: documents.idp, signOn: "https://idp.example.com/sso", logout: "https://idp.example.com/slo",
            certificates: [try SAMLCertificate(documents.certificate), try SAMLCertificate(documents.curve)])
        let pair = try SAMLKeyPair(
            privateKey: documents.serviceKey, certificate: try SAMLCertificate(documents.serviceCertificate))
        party = SAMLServiceProvider(
            entityID: documents.sp, assertionConsumer: documents.acs, logout: documents.slo, signing: pair,
            decryption: [pair])
    }

    var request: SAMLMessageID { SAMLMessageID(documents.request) }

    /// What is made of a response that answers the request.
    func outcome(
        _ form: String, from provider: SAMLIdentityProvider? = nil, to party: SAMLServiceProvider? = nil,
        expecting: ResponseCheck.Expectation? = nil, at time: Date? = nil
    ) -> Result<SAMLSignIn, SAMLError> {
        let check = ResponseCheck(of: provider ?? self.provider, for: party ?? self.party)
        do throws(SAMLError) {
            return .success(try check(form, expecting: expecting ?? .answer(to: request), at: time ?? now))
        } catch {
            return .failure(error)
        }
    }

    func accepted(_ name: String) throws -> String { try #require(documents.accepted[name]) }

    func text(_ form: String) throws -> String {
        String(decoding: try #require(Data(base64Encoded: form)), as: UTF8.self)
    }

    func form(_ text: String) -> String { Data(text.utf8).base64EncodedString() }
}
