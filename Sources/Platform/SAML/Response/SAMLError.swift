/// Why a message of a provider is not believed. The words are for administrators who set one up: they say what was
/// looked for, and nothing of what the message said about a person.
package enum SAMLError: Error, Sendable, Hashable {
    // What arrived
    case tooLarge
    case notBase64
    case notDeflated
    case notXML(XMLError)
    /// Not the message that belongs here, or not of version 2.0.
    case notTheMessage
    /// A query with a parameter twice, or without one that it needs.
    case query

    // Structure
    /// An ID is missing, is no name, or is there twice.
    case identifiers
    /// None, or more than one.
    case notOneAssertion

    // Signature
    case unsigned
    /// A signature somewhere else than directly in what it signs, or more than one.
    case signaturePlace
    /// Not the one form of signature that SAML allows (core §5.4).
    case signatureForm
    /// SHA-1, HMAC, or anything that is not on the list.
    case algorithm
    /// Right for none of the provider's certificates.
    case notSignedByProvider

    // Encryption
    /// There is no key of ours to decrypt with.
    case noDecryptionKey
    /// Not decrypted, or not signed once it was: told apart, the two would help to decrypt what was stolen.
    case undecryptable
    case encryptionAlgorithm

    // What it says
    case status(SAMLStatus)
    case issuer
    case destination
    case inResponseTo
    /// Nobody asked for it.
    case unsolicited
    case recipient
    case audience
    /// A condition that nobody here knows must be met (core §2.5.1).
    case condition
    case confirmation
    case notYetValid
    case expired
    case time
    case subject
    case statement

    /// The message could not be signed.
    case key(SAMLKeyError)
}

/// What a provider says became of a request (core §3.2.2.2): the codes that have a meaning of their own here.
package enum SAMLStatus: String, Sendable, Hashable {
    case authnFailed = "urn:oasis:names:tc:SAML:2.0:status:AuthnFailed"
    case invalidNameIDPolicy = "urn:oasis:names:tc:SAML:2.0:status:InvalidNameIDPolicy"
    case noAuthnContext = "urn:oasis:names:tc:SAML:2.0:status:NoAuthnContext"
    case noPassive = "urn:oasis:names:tc:SAML:2.0:status:NoPassive"
    case partialLogout = "urn:oasis:names:tc:SAML:2.0:status:PartialLogout"
    case requestDenied = "urn:oasis:names:tc:SAML:2.0:status:RequestDenied"
    case requestUnsupported = "urn:oasis:names:tc:SAML:2.0:status:RequestUnsupported"
    case unknownPrincipal = "urn:oasis:names:tc:SAML:2.0:status:UnknownPrincipal"
    case requester = "urn:oasis:names:tc:SAML:2.0:status:Requester"
    case responder = "urn:oasis:names:tc:SAML:2.0:status:Responder"
    case versionMismatch = "urn:oasis:names:tc:SAML:2.0:status:VersionMismatch"
    case other

    /// Nil for success; the inner code, which says more, before the outer.
    static func failure(in message: XMLElement) throws(SAMLError) -> SAMLStatus? {
        guard let code = message.only("Status", in: Names.protocolSpace)?.only("StatusCode", in: Names.protocolSpace),
            let outer = code["Value"]
        else { throw .notTheMessage }
        guard outer != Names.success else { return nil }
        let inner = code.only("StatusCode", in: Names.protocolSpace)?["Value"]
        return inner.flatMap(SAMLStatus.init(rawValue:)) ?? SAMLStatus(rawValue: outer) ?? .other
    }
}

extension SAMLError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .tooLarge: "the message is too large"
        case .notBase64: "the message is not base64"
        case .notDeflated: "the message is not compressed as the redirect binding has it"
        case .notXML(let error): "\(error)"
        case .notTheMessage: "this is not the SAML 2.0 message that belongs here"
        case .query: "the query lacks a parameter, or has one twice"
        case .identifiers: "an ID is missing, is no name, or is there twice"
        case .notOneAssertion: "there is not exactly one assertion"
        case .unsigned: "neither the response nor the assertion is signed"
        case .signaturePlace: "a signature is not where it belongs: directly in what it signs, and once"
        case .signatureForm:
            "the signature has not the form that SAML asks for: one reference to the element that it is in, enveloped, "
                + "exclusive canonical XML, and nothing else"
        case .algorithm: "the signature's algorithm is not allowed: RSA or ECDSA, with SHA-256 or better"
        case .notSignedByProvider:
            "the signature is right for none of the provider's certificates: the message was changed, or the provider "
                + "has a new key that its metadata here lack"
        case .noDecryptionKey: "the assertion is encrypted, and there is no key to decrypt it"
        case .undecryptable: "the encrypted assertion is not for our key, or is not rightly signed inside"
        case .encryptionAlgorithm: "the encryption is not allowed: RSA-OAEP for the key, AES in CBC or GCM mode"
        case .status(let status): "the provider refused: \(status)"
        case .issuer: "the issuer is not the provider that is set up"
        case .destination: "the message was meant for another address (Destination)"
        case .inResponseTo: "the message answers another request (InResponseTo)"
        case .unsolicited: "nobody asked for this sign-in, and the provider may not begin one"
        case .recipient: "the assertion was meant for another address (Recipient)"
        case .audience: "the assertion was meant for somebody else (Audience): compare the entity IDs"
        case .condition: "the assertion has no Conditions, or one that nobody here knows"
        case .confirmation: "the assertion has no bearer confirmation that is complete"
        case .notYetValid: "the message is from the future: compare the clocks"
        case .expired: "the message has expired: compare the clocks"
        case .time: "a time is not in UTC, or no time"
        case .subject: "the assertion names nobody in a way that can be used (NameID)"
        case .statement: "the assertion does not say, or says more than once, that somebody signed in (AuthnStatement)"
        case .key(let error): "\(error)"
        }
    }
}
