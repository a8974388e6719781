import HTTPAPI
package import Kernel
import Outbound
import SAML

/// Reads what a provider says of itself, for the form of its settings: nothing is kept.
struct ReadSAMLMetadata {
    let providers: ProviderSignIn

    func callAsFunction(_ request: ReadMetadata, in scope: TenantScope) async throws -> SAMLMetadataReply {
        let (bytes, field) = try await bytes(of: request, in: scope)
        let found: SAMLIdentityProvider
        do throws(SAMLMetadataError) {
            found = try SAMLIdentityProvider.metadata(bytes, entityID: request.entityId)
        } catch .severalProviders {
            throw Invalid("\(SAMLMetadataError.severalProviders)", field: "entityId")
        } catch {
            throw Invalid("\(error)", field: field)
        }
        return SAMLMetadataReply(
            entityId: found.entityID, signOnUrl: found.signOn, logoutUrl: found.logout,
            logoutResponseUrl: found.logoutResponse, certificates: found.certificates.map(\.pem))
    }

    private func bytes(
        of request: ReadMetadata, in scope: TenantScope
    ) async throws -> (bytes: [UInt8], field: String) {
        switch (request.metadata, request.url) {
        case (let text?, nil): return (Array(text.utf8), "metadata")
        case (nil, let address?):
            guard let url = try? OutboundURL(address) else { throw Invalid("must be an https address", field: "url") }
            let opened = try await providers.directories.openings(scope)
            do {
                let response = try await providers.directories.web.fetch(
                    OutboundRequest(.get, url, opened: opened), accept: "application/samlmetadata+xml, */*;q=0.1",
                    limit: Self.largest, for: .discovery, of: nil, in: scope)
                guard response.status == 200 else {
                    throw ProviderFault(step: .discovery, text: "status \(response.status)")
                }
                return (response.body, "url")
            } catch let fault as ProviderFault {
                throw Invalid("cannot be read: \(fault.text)", field: "url")
            }
        default: throw Invalid("must be given if there is no url, and only then", field: "metadata")
        }
    }

    /// As much as is read; federations list many.
    private static let largest = 1 << 20
}

/// The body that asks what a provider says of itself: the document, or where it is.
package struct ReadMetadata: WireValue {
    package let metadata: String?
    package let url: String?
    package let entityId: String?

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("metadata", \.metadata, .lines(1...900_000), note: "The XML document.")
        Field("url", \.url, .text(8...2048), note: "Where it is fetched from, once.")
        Field("entityId", \.entityId, .text(1...1024), note: "Which provider is meant, if there are several.")
    }
}

/// What of it belongs into settings.
package struct SAMLMetadataReply: WireValue {
    package let entityId: String
    package let signOnUrl: String
    package let logoutUrl: String?
    package let logoutResponseUrl: String?
    package let certificates: [String]

    package static let schema: Schema<Self> = .record(Self.init) {
        Field("entityId", \.entityId, .text(1...1024))
        Field("signOnUrl", \.signOnUrl, .text(8...2048))
        Field("logoutUrl", \.logoutUrl, .text(8...2048))
        Field("logoutResponseUrl", \.logoutResponseUrl, .text(8...2048))
        Field("certificates", \.certificates, .array(of: .lines(1...20_000), 1...6))
    }
}
