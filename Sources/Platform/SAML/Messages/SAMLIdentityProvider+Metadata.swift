import FoundationEssentials

/// Why metadata do not describe a provider.
package enum SAMLMetadataError: Error, Sendable, Hashable {
    case notXML(XMLError)
    /// No identity provider is described, or not the one that was asked for.
    case noProvider
    /// A federation: say which entity ID is meant.
    case severalProviders
    /// No single sign-on by HTTP-Redirect at a web address.
    case noSignOn
    case noCertificate
    case tooManyCertificates
    case certificate(SAMLKeyError)
    case time
}

extension SAMLMetadataError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .notXML(let error): "\(error)"
        case .noProvider: "the metadata describe no SAML 2.0 identity provider, or not the one that was named"
        case .severalProviders: "the metadata describe several identity providers: name one by its entity ID"
        case .noSignOn: "the metadata have no SingleSignOnService with HTTP-Redirect and a web address"
        case .noCertificate: "the metadata have no certificate for signing"
        case .tooManyCertificates:
            "the metadata have more than \(SAMLIdentityProvider.mostCertificates) certificates for signing"
        case .certificate(let error): "a certificate for signing: \(error)"
        case .time: "validUntil is no time in UTC"
        }
    }
}

extension SAMLIdentityProvider {
    /// A key for now and one for what comes next are two; each one more costs a verification of forged messages.
    package static let mostCertificates = 6

    /// - Parameter entityID: which provider is meant, where the metadata describe more than one.
    package static func metadata(
        _ bytes: [UInt8], entityID: String? = nil
    ) throws(SAMLMetadataError) -> SAMLIdentityProvider {
        let root: XMLElement
        do { root = try XMLReader.read(bytes, limits: .metadata) } catch { throw .notXML(error) }
        var found: [(XMLElement, XMLElement)] = []
        root.visit { entity in
            guard entity.isNamed("EntityDescriptor", in: Names.metadata), entity["entityID"] != nil,
                entityID == nil || entity["entityID"] == entityID
            else { return }
            for role in entity.children("IDPSSODescriptor", in: Names.metadata) {
                let protocols = (role["protocolSupportEnumeration"] ?? "").split { " \t\r\n".contains($0) }
                if protocols.contains(Names.protocolSpace[...]) { found.append((entity, role)) }
            }
        }
        guard found.count <= 1 else { throw .severalProviders }
        guard let (entity, role) = found.first, let name = entity["entityID"], (1...1024).contains(name.utf8.count)
        else {
            throw .noProvider
        }
        guard let signOn = location("SingleSignOnService", in: role)?["Location"] else { throw .noSignOn }
        let logout = location("SingleLogoutService", in: role)
        return SAMLIdentityProvider(
            entityID: name, signOn: signOn, logout: logout?["Location"],
            logoutResponse: logout?["ResponseLocation"].flatMap { isWebAddress($0) ? $0 : nil },
            certificates: try certificates(of: role), validUntil: try validUntil([root, entity, role]))
    }

    private static func location(_ name: String, in role: XMLElement) -> XMLElement? {
        role.children(name, in: Names.metadata).first {
            $0["Binding"] == Names.redirect && isWebAddress($0["Location"] ?? "")
        }
    }

    /// Whether a browser may be sent there: nothing but http and https, and no character that ends a header or a tag.
    package static func isWebAddress(_ text: String) -> Bool {
        let lower = text.lowercased()
        return (lower.hasPrefix("https://") || lower.hasPrefix("http://")) && text.utf8.count <= 2048
            && text.utf8.allSatisfy { (0x21...0x7E).contains($0) && !"\"<>\\^`{|}#".utf8.contains($0) }
    }

    private static func certificates(of role: XMLElement) throws(SAMLMetadataError) -> [SAMLCertificate] {
        var found: [SAMLCertificate] = []
        var count = 0
        for key in role.children("KeyDescriptor", in: Names.metadata) where ["signing", nil].contains(key["use"]) {
            for info in key.children("KeyInfo", in: Names.signature) {
                for data in info.children("X509Data", in: Names.signature) {
                    for text in data.children("X509Certificate", in: Names.signature) {
                        count += 1
                        guard count <= mostCertificates else { throw .tooManyCertificates }
                        do {
                            let certificate = try SAMLCertificate(text.text)
                            if !found.contains(certificate) { found.append(certificate) }
                        } catch { throw .certificate(error) }
                    }
                }
            }
        }
        guard !found.isEmpty else { throw .noCertificate }
        return found
    }

    /// The earliest end of what contains the role.
    private static func validUntil(_ elements: [XMLElement]) throws(SAMLMetadataError) -> Date? {
        var ends: [Date] = []
        for text in elements.compactMap({ $0["validUntil"] }) {
            guard let date = SAMLInstant.date(text) else { throw .time }
            ends.append(date)
        }
        return ends.min()
    }
}
